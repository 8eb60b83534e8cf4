//! Packs that are old enough, or enough in number, to be dropped; how their runs stood stays known.

use std::fs;

use super::day;
use crate::serve::Bench;
use crate::serve::missing::Missing;
use crate::store::{Keeps, Watched};

impl Bench {
    /// Drops the packs of a city that need not be kept. Only those that audits from here made: what else lies in the folder
    /// is somebody's own. Where packs are kept elsewhere for good, whoever asks holds the city.
    pub(super) async fn drop_old_packs(&self, watched: &Watched, aside: fn(&str)) -> Result<(), Missing> {
        let keeps = watched.timing.keeps;
        if keeps == Keeps::default() {
            return Ok(());
        }
        // Nobody signs off meanwhile.
        let signing = self.signing.lock().await;
        let (mut dropped, mut dropped_there) = (false, false);
        let own = self.runs_of(&watched.city_id);
        for run in self.store.droppable(&watched.city_id, keeps, day(crate::serve::decide::now())).await? {
            dropped_there |= self.folder.drop_there(&self.store, &run).await?;
            for pack in self.store.packs_of(&run).await? {
                let Some(folder) = pack.parent().filter(|folder| folder.parent() == Some(&own)) else { continue };
                match fs::remove_dir_all(folder) {
                    Ok(()) => {
                        dropped = true;
                        self.store.gone(&pack.to_string_lossy()).await?;
                    }
                    Err(error) => aside(&format!("{}: cannot be dropped: {error}", folder.display())),
                }
            }
            self.open.forget(&run);
        }
        drop(signing);
        if dropped_there {
            self.folder.sweep_there(&watched.city_id).await?;
        }
        if dropped { self.folder.sweep().await } else { Ok(()) }
    }
}
