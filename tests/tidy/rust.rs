//! Rust read as tokens: enough to see what a file imports, declares and calls.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A file's tokens; an error says where it is no Rust.
pub(crate) fn tokens(path: &str, text: &str) -> Result<TokenStream, String> {
    text.parse()
        .map_err(|error: proc_macro2::LexError| format!("{path}:{}: is no Rust: {error}", error.span().start().line))
}

/// A path of names as it is written in code, groups taken apart: `a::{b, c}` is `a::b` and `a::c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// Its names, from the first.
    pub(crate) names: Vec<String>,
    /// The line of its last name, from 1.
    pub(crate) line: usize,
    /// How many modules written out in this file are around it.
    pub(crate) depth: usize,
}

/// Every path of at least two names.
pub(crate) fn paths(stream: TokenStream) -> Vec<Written> {
    let mut found = Vec::new();
    walk(stream, &[], 0, &mut found);
    found
}

fn walk(stream: TokenStream, prefix: &[String], depth: usize, found: &mut Vec<Written>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            // A name given to what was imported is no path.
            TokenTree::Ident(name) if name == "as" && !prefix.is_empty() => at += 2,
            TokenTree::Ident(name) => {
                let mut names = prefix.to_vec();
                names.push(name.to_string());
                let mut line = name.span().start().line;
                at += 1;
                while colons(&tokens, at) {
                    match tokens.get(at + 2) {
                        Some(TokenTree::Ident(name)) => {
                            names.push(name.to_string());
                            line = name.span().start().line;
                            at += 3;
                        }
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                            walk(group.stream(), &names, depth, found);
                            names.clear();
                            at += 3;
                        }
                        _ => at += 2,
                    }
                }
                if names.len() > 1 {
                    found.push(Written { names, line, depth });
                }
            }
            TokenTree::Group(group) => {
                walk(group.stream(), &[], depth + usize::from(is_module(&tokens, at)), found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

fn colons(tokens: &[TokenTree], at: usize) -> bool {
    [at, at + 1].iter().all(|at| is_punct(tokens.get(*at), ':'))
}

/// Whether the token is this sign.
pub(crate) fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Whether the token is this word.
pub(crate) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// Whether the group at `at` is the body of a module.
fn is_module(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_word(tokens.get(at - 2), "mod")
}

/// The tokens without items that are compiled for tests only.
pub(crate) fn shipped(stream: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_punct(tokens.get(at), '#')
            && matches!(tokens.get(at + 1), Some(TokenTree::Group(group)) if for_tests(group))
        {
            at += 2;
            // The item ends with its body or a semicolon.
            while let Some(token) = tokens.get(at) {
                at += 1;
                let body = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                if body || is_punct(Some(token), ';') {
                    break;
                }
            }
            continue;
        }
        kept.push(match &tokens[at] {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), shipped(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token.clone(),
        });
        at += 1;
    }
    kept.into_iter().collect()
}

fn for_tests(attribute: &Group) -> bool {
    let written = attribute.stream().to_string().replace(' ', "");
    written == "cfg(test)" || written == "test"
}

/// Every run of tokens within one pair of brackets, the outermost included.
pub(crate) fn runs(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let inner: Vec<Vec<TokenTree>> = tokens
        .iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => runs(group.stream()),
            _ => Vec::new(),
        })
        .collect();
    std::iter::once(tokens).chain(inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<(String, usize, usize)> {
        let paths = paths(tokens("a.rs", text).unwrap());
        paths.into_iter().map(|path| (path.names.join("::"), path.line, path.depth)).collect()
    }

    #[test]
    fn groups_are_taken_apart() {
        let text = "use crate::{body::Body, kind::{self, Kind}};\nmod tests {\n use super::*; fn f() { a::b::<C>() } }";
        let expected =
            [("crate::body::Body", 1, 0), ("crate::kind::self", 1, 0), ("crate::kind::Kind", 1, 0), ("a::b", 3, 1)];
        let mut got = written(text);
        got.retain(|(names, ..)| names != "crate");
        assert_eq!(got, expected.map(|(names, line, depth)| (names.to_owned(), line, depth)));
    }

    #[test]
    fn what_is_for_tests_is_left_out() {
        let text = "fn a() { 1 } #[cfg(test)] mod tests; #[cfg(test)] mod more { fn b() {} } struct C;";
        let kept = shipped(tokens("a.rs", text).unwrap()).to_string();
        assert_eq!(kept, shipped(tokens("a.rs", "fn a() { 1 } struct C;").unwrap()).to_string());
    }
}
