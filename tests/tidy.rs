//! The house rules. Each is a function from a tree of files to what breaks the rule in it, and each is seen to fail here.
//!
//! That quotes stand in their captures is held by `golden.rs`, which has the captures at hand.

mod tidy {
    mod cases;
    mod codes;
    mod docs;
    mod floors;
    mod layout;
    mod modules;
    mod panics;
    mod registry;
    mod rust;
    mod schemes;
    mod specs;
    mod topics;
    mod tree;
    mod views;
}
