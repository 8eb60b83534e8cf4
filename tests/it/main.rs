//! Whole parts of the program against a hostile city.

mod crawl;
mod hostile;
mod pack;
