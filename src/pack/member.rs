//! A gzip member of two halves that know nothing of each other: the same body is the same bytes in every pack, whatever
//! header stands before it.

use std::io::{self, Write};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// How much is compressed at a time, in bytes: always as much, so that the same bytes come out.
const BLOCK: usize = 64 * 1024;
/// A gzip header without name and time, as RFC 1952 has it.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// What a half ends with that another follows: a block without content.
pub(super) const DIVIDED: [u8; 4] = [0, 0, 0xff, 0xff];
/// What comes after the halves: checksum and length, in bytes.
pub(super) const TRAILER: u64 = 8;

/// A gzip member that is being written.
pub(super) struct Member<W: Write> {
    out: W,
    deflate: Compress,
    crc: Crc,
    waiting: Vec<u8>,
    room: Vec<u8>,
}

impl<W: Write> Member<W> {
    /// Begins a member.
    pub(super) fn new(mut out: W, level: Compression) -> io::Result<Self> {
        out.write_all(&HEADER)?;
        let (waiting, room) = (Vec::with_capacity(BLOCK), vec![0; BLOCK]);
        Ok(Self { out, deflate: Compress::new(level, false), crc: Crc::new(), waiting, room })
    }

    /// Ends the first half.
    pub(super) fn divide(&mut self) -> io::Result<()> {
        self.compress(FlushCompress::Sync)?;
        self.deflate.reset();
        Ok(())
    }

    /// Ends the member.
    pub(super) fn end(mut self) -> io::Result<W> {
        self.compress(FlushCompress::Finish)?;
        self.out.write_all(&self.crc.sum().to_le_bytes())?;
        self.out.write_all(&self.crc.amount().to_le_bytes())?;
        Ok(self.out)
    }

    fn compress(&mut self, flush: FlushCompress) -> io::Result<()> {
        let mut left = self.waiting.as_slice();
        loop {
            let (read, made) = (self.deflate.total_in(), self.deflate.total_out());
            let status = self.deflate.compress(left, &mut self.room, flush)?;
            let step = |from: u64, to: u64| usize::try_from(to - from).unwrap_or(usize::MAX);
            left = &left[step(read, self.deflate.total_in())..];
            let made = step(made, self.deflate.total_out());
            self.out.write_all(&self.room[..made])?;
            // A full room may mean that there is more.
            if status == Status::StreamEnd
                || flush != FlushCompress::Finish && left.is_empty() && made < self.room.len()
            {
                break;
            }
        }
        self.waiting.clear();
        Ok(())
    }
}

impl<W: Write> Write for Member<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(BLOCK - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        self.crc.update(&bytes[..taken]);
        if self.waiting.len() == BLOCK {
            self.compress(FlushCompress::None)?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn member(head: &[u8], body: &[u8], level: Compression, pieces: usize) -> Vec<u8> {
        let mut member = Member::new(Vec::new(), level).unwrap();
        member.write_all(head).unwrap();
        member.divide().unwrap();
        for piece in body.chunks(pieces) {
            member.write_all(piece).unwrap();
        }
        member.end().unwrap()
    }

    #[test]
    fn the_same_body_is_the_same_bytes_behind_every_head_and_reads_as_it_was() {
        let words: Vec<u8> =
            (0..400_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 20).to_string().into_bytes()).collect();
        for (level, body) in [
            (Compression::default(), &words[..]),
            (Compression::none(), &words[..]),
            (Compression::default(), &words[..131_072]),
            (Compression::default(), b"short"),
            (Compression::default(), b""),
        ] {
            let heads: [&[u8]; 3] = [b"", b"Date: Mon, 02 Nov 2026\r\n", &words[1000..50_000]];
            let members = heads.map(|head| member(head, body, level, 1 + head.len()));
            for (head, member) in heads.iter().zip(&members) {
                let mut plain = Vec::new();
                GzDecoder::new(member.as_slice()).read_to_end(&mut plain).unwrap();
                assert!(plain == [head, body].concat());
            }
            let halves: Vec<&[u8]> = members
                .iter()
                .map(|member| {
                    let at = member[10..].windows(4).position(|bytes| bytes == DIVIDED).unwrap() + 14;
                    &member[at..member.len() - 8]
                })
                .collect();
            assert!(halves[0] == halves[1] && (halves[1] == halves[2] || level == Compression::none()));
        }
    }
}
