//! A stream of bytes in any encoding as a stream of UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding};

/// How much is decoded at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Decodes what it reads; bytes that stand for nothing become U+FFFD.
pub(super) struct Decoded<R> {
    stream: R,
    decoder: Decoder,
    encoded: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// `stream` decoded from `encoding`, its byte order mark removed.
    pub(super) fn new(stream: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { stream, decoder, encoded: vec![0; PIECE], text: Vec::new(), at: 0, ended: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            let read = self.stream.read(&mut self.encoded)?;
            self.ended = read == 0;
            let most = self.decoder.max_utf8_buffer_length(read).unwrap_or(PIECE * 4);
            self.text.resize(most, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.encoded[..read], &mut self.text, self.ended);
            self.text.truncate(written);
            self.at = 0;
        }
        let ready = &self.text[self.at..];
        let given = ready.len().min(into.len());
        into[..given].copy_from_slice(&ready[..given]);
        self.at += given;
        Ok(given)
    }
}
