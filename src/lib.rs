//! aftercart
