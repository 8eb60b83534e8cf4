//! Whole parts of the program against a hostile city.

mod cli;
mod country;
mod crawl;
mod damage;
mod gtfs;
mod hostile;
mod init;
mod ocds;
mod pack;
mod readme;
mod real_cases;
mod rendered;
#[cfg(feature = "serve")]
mod store;
mod whole;
#[path = "../fixture/world.rs"]
mod world;
mod yardsticks;
