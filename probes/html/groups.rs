//! Tables and lists of a page: words that belong together by how they are laid out.

use scraper::ElementRef;

/// A table that is not laid out by others within it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// A CSS selector that finds the element.
    pub selector: String,
    /// Its cells by rows; a cell that spans several columns is followed by empty ones.
    pub rows: Vec<Vec<String>>,
}

/// A list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// A CSS selector that finds the element.
    pub selector: String,
    /// Whether its items are numbered.
    pub ordered: bool,
    /// The words of its items, without those of lists within them.
    pub items: Vec<String>,
    /// Whether it stands in nav, header, footer or aside.
    pub chrome: bool,
}

/// The most columns that a cell is taken to span.
const SPAN: usize = 50;

/// The innermost table and list item at a place in the tree, by their numbers.
#[derive(Clone, Copy, Default)]
pub(super) struct Within {
    table: Option<usize>,
    cell: Option<(usize, usize, usize)>,
    list: Option<usize>,
    item: Option<(usize, usize)>,
}

/// The tables and lists met so far.
#[derive(Default)]
pub(super) struct Groups {
    pub(super) tables: Vec<Table>,
    pub(super) lists: Vec<List>,
}

impl Groups {
    /// Takes in an element; `selector` finds it.
    pub(super) fn enter(
        &mut self,
        element: ElementRef<'_>,
        selector: impl Fn() -> String,
        chrome: bool,
        at: &mut Within,
    ) {
        match element.value().name() {
            "table" => {
                self.tables.push(Table { selector: selector(), rows: Vec::new() });
                *at = Within { table: Some(self.tables.len() - 1), cell: None, ..*at };
            }
            "tr" => {
                if let Some(table) = at.table {
                    self.tables[table].rows.push(Vec::new());
                    at.cell = None;
                }
            }
            "td" | "th" => self.cell(element, at),
            name @ ("ul" | "ol") => {
                self.lists.push(List { selector: selector(), ordered: name == "ol", items: Vec::new(), chrome });
                *at = Within { list: Some(self.lists.len() - 1), item: None, ..*at };
            }
            "li" => {
                if let Some(list) = at.list {
                    let items = &mut self.lists[list].items;
                    items.push(String::new());
                    at.item = Some((list, items.len() - 1));
                }
            }
            _ => {}
        }
    }

    fn cell(&mut self, element: ElementRef<'_>, at: &mut Within) {
        let Some(table) = at.table else { return };
        let rows = &mut self.tables[table].rows;
        if rows.is_empty() {
            rows.push(Vec::new());
        }
        let row = rows.len() - 1;
        let cell = rows[row].len();
        let span = element.attr("colspan").and_then(|span| span.trim().parse().ok()).unwrap_or(1).clamp(1, SPAN);
        rows[row].resize(cell + span, String::new());
        at.cell = Some((table, row, cell));
    }

    /// Takes in words that a reader sees.
    pub(super) fn text(&mut self, text: &str, at: Within) {
        if let Some((table, row, cell)) = at.cell {
            self.tables[table].rows[row][cell].push_str(text);
        }
        if let Some((list, item)) = at.item {
            self.lists[list].items[item].push_str(text);
        }
    }

    /// Folds white space by `words`, and drops what is empty.
    pub(super) fn finish(&mut self, words: impl Fn(&str) -> String) {
        for cell in self.tables.iter_mut().flat_map(|table| &mut table.rows).flatten() {
            *cell = words(cell);
        }
        for table in &mut self.tables {
            table.rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        }
        for list in &mut self.lists {
            list.items.iter_mut().for_each(|item| *item = words(item));
            list.items.retain(|item| !item.is_empty());
        }
        self.tables.retain(|table| !table.rows.is_empty());
        self.lists.retain(|list| !list.items.is_empty());
    }
}
