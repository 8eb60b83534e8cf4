CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;
CREATE TRIGGER decisions_are_not_removed BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;
CREATE TRIGGER signatures_are_not_changed BEFORE UPDATE ON signatures BEGIN SELECT RAISE(ABORT, 'a signature stays'); END;
CREATE TRIGGER signatures_are_not_removed BEFORE DELETE ON signatures BEGIN SELECT RAISE(ABORT, 'a signature stays'); END;
CREATE TRIGGER signed_runs_are_closed BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM signatures WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'a signed run takes no more decisions'); END;
