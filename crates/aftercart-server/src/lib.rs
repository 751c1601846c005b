//! aftercart-server
