-- Who did what to accounts, decisions and sign-offs, and who was not let in.
CREATE TABLE log (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL
);
CREATE TRIGGER log_is_only_added BEFORE UPDATE OR DELETE ON log FOR EACH ROW EXECUTE FUNCTION tickmark_only_adds();
CREATE TRIGGER log_is_not_emptied BEFORE TRUNCATE ON log FOR EACH STATEMENT EXECUTE FUNCTION tickmark_only_adds();
