-- The runs of a city as its pages show them, so that a part of them is found without looking at the others.
CREATE INDEX runs_of_a_city_in_order ON runs (city_id, as_of DESC, (COALESCE(finished, '')) DESC, id);
