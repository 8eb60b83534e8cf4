CREATE FUNCTION tickmark_only_adds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% are only ever added', TG_TABLE_NAME; END $$;
CREATE TRIGGER decisions_are_only_added BEFORE UPDATE OR DELETE ON decisions
    FOR EACH ROW EXECUTE FUNCTION tickmark_only_adds();
CREATE TRIGGER signatures_are_only_added BEFORE UPDATE OR DELETE ON signatures
    FOR EACH ROW EXECUTE FUNCTION tickmark_only_adds();
CREATE FUNCTION tickmark_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM signatures WHERE run = NEW.run) THEN
        RAISE EXCEPTION 'a signed run takes no more decisions';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_runs_are_closed BEFORE INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION tickmark_closed();
