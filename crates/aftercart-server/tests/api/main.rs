//! The server as its neighbours see it: pages, the merchant's server, and Dodo (the local sandbox).

mod helpers;

mod offers;
