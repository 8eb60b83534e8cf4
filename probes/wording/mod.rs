//! Running text as sentences, words and stems, and how a sentence speaks: what every reading of prose begins with.

mod language;
mod letter;
mod mood;
mod sentence;
mod stem;
mod word;

pub use language::Language;
pub use letter::unaccented;
pub use mood::{Mood, Speech, speech};
pub use sentence::{marker, sentences};
pub use stem::stem;
pub use word::{Word, words};
