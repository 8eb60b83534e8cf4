//! Work on many things at once, its results taken in the order of the things.

use std::thread;

/// Does `work` on each of `all`, as many at once as there are processors, and gives each result to `take` in order; an error
/// ends it.
///
/// No more results are held than are worked on at once.
pub(super) fn in_order<T: Sync, R: Send, E>(
    all: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    let work = &work;
    for some in all.chunks(at_once) {
        let done: Vec<R> = thread::scope(|scope| {
            let begun: Vec<_> = some.iter().map(|one| scope.spawn(move || work(one))).collect();
            let ended =
                begun.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            ended.collect()
        });
        for (one, result) in some.iter().zip(done) {
            take(one, result)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_up_to_the_first_error() {
        let mut taken = Vec::new();
        let all: Vec<u32> = (0..20).collect();
        let ended = in_order(
            &all,
            |one| one * 2,
            |one, twice| {
                taken.push(twice);
                if *one == 9 { Err("enough") } else { Ok(()) }
            },
        );
        assert_eq!((ended, taken), (Err("enough"), (0..10).map(|one| one * 2).collect()));
    }
}
