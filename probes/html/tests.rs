//! Pages read as people and programs meet them.

use super::*;

fn page(markup: &str) -> Page {
    Page::parse(&Url::parse("https://example.gov/data/index.html").unwrap(), markup)
}

#[test]
fn a_nesting_bomb_is_refused_and_long_flat_lists_are_not() {
    assert!(page(&"<div>".repeat(200_000)).refused.is_some());
    assert!(page(&"<div></x>".repeat(200_000)).refused.is_some());
    assert_eq!(page(&"<li>one".repeat(5_000)).blocks.len(), 5_000);
    assert!(page(&"<script>'<div>'</script>".repeat(2_000)).refused.is_none());
}

#[test]
fn links_are_relative_to_the_base() {
    let page =
        page("<base href='/other/'><p><a href='a.csv'>A &amp; B</a> <a href=mailto:x@example.gov><img alt=Mail></a>");
    assert_eq!(page.links[0].href.as_str(), "https://example.gov/other/a.csv");
    assert_eq!((page.links[0].text.as_str(), page.links[1].text.as_str()), ("A & B", "Mail"));
    assert_eq!(page.blocks[0].text, "A & B");
}

#[test]
fn selectors_find_their_elements() {
    let markup = "<title>T</title><main><p>one</p><p>two <b>2</b></p><div id=x><h2>Head</h2>tail</div></main>";
    let page = page(markup);
    let document = scraper::Html::parse_document(markup);
    for block in &page.blocks {
        let selector = scraper::Selector::parse(&block.selector).unwrap();
        let found: Vec<_> = document.select(&selector).collect();
        assert_eq!(found.len(), 1, "{}", block.selector);
        assert!(found[0].text().collect::<String>().contains(&block.text));
    }
    assert_eq!(page.blocks[3].selector, "#x");
    assert_eq!(page.blocks[2].heading, Some(2));
    assert_eq!(page.title, "T");
}

#[test]
fn what_is_hidden_is_not_read_but_its_forms_are() {
    let page = page(
        "<p>seen</p><div style='display: none'>not <form><label for=q>What</label><textarea id=q></textarea></form></div>",
    );
    assert_eq!(page.text(), "seen");
    assert_eq!(page.forms[0].fields[0].label, "What");
    assert_eq!(page.forms[0].fields[0].kind, "textarea");
}

#[test]
fn forms_have_labels_and_buttons() {
    let page = page(
        "<form action=/send method=POST><label>E-mail <input type=email name=m></label><button>Send it</button></form>",
    );
    let form = &page.forms[0];
    assert_eq!(form.action.as_ref().unwrap().as_str(), "https://example.gov/send");
    assert_eq!(form.method, "post");
    assert_eq!((form.fields[0].kind.as_str(), form.fields[0].label.as_str()), ("email", "E-mail"));
    assert_eq!((form.fields[1].kind.as_str(), form.fields[1].label.as_str()), ("submit", "Send it"));
}

#[test]
fn frames_scripts_and_head() {
    let page = page(
        "<html lang=en><meta name=generator content='ckan 2.11'><script type='application/ld+json'>{\"a\":1}</script>\
         <iframe src=//forms.example.org/f title=Form></iframe><nav><a href=/x>x</a></nav>",
    );
    assert_eq!(page.lang.as_deref(), Some("en"));
    assert_eq!(page.generator.as_deref(), Some("ckan 2.11"));
    assert_eq!(page.json_ld, ["{\"a\":1}"]);
    assert_eq!(page.frames[0].href.as_str(), "https://forms.example.org/f");
    assert!(page.links[0].chrome);
}

#[test]
fn tables_and_lists_hold_together() {
    let page = page(
        "<table id=t><caption>All</caption><tr><th>Name<th colspan=2>Dates<tr><td><p>a</p><p>b</p><td>1<td>2<tr></table>\
         <ol><li>First <b>step</b><ul><li>aside</ul><li>Second</ol><ul hidden><li>never</ul>",
    );
    assert_eq!(page.tables[0].selector, "#t");
    assert_eq!(page.tables[0].rows, [["Name", "Dates", ""], ["a b", "1", "2"]]);
    assert_eq!(page.lists[0].items, ["First step", "Second"]);
    assert!(page.lists[0].ordered && !page.lists[1].ordered);
    assert_eq!((page.lists[1].items.as_slice(), page.lists.len()), (&["aside".to_owned()][..], 2));
}

#[test]
fn shells_are_told_from_short_pages() {
    let root = "<body><div id=root></div><script src=/main.js></script>";
    assert_eq!(page(root).shell().unwrap(), "<div id=\"root\"> is empty");
    let hub = "<script>window.__SITE=\"x\"</script><div class=app></div><script src=/a.js></script>";
    assert_eq!(page(hub).shell().unwrap(), "window.__SITE");
    let said = "<noscript><p>You need to enable JavaScript to run this app.</p></noscript>";
    assert_eq!(page(said).shell().unwrap(), "You need to enable JavaScript to run this app.");
    assert_eq!(page("<p>A short page.</p><script src=/a.js></script>").shell(), None);
}
