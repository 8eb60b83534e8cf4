//! Small office files, and the pages that are read from them.

use std::io::Write as _;

use zip::write::SimpleFileOptions;

use super::*;

fn packed(parts: &[(&str, &str)]) -> Body {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    Body::in_memory(writer.finish().unwrap().into_inner())
}

fn told(document: &Document) -> Vec<(u32, Role, &str)> {
    let blocks = document.pages.iter().flat_map(|page| page.blocks.iter().map(move |block| (page.number, block)));
    blocks.map(|(page, block)| (page, block.role, block.text.as_str())).collect()
}

#[test]
fn a_word_document_is_read_by_page() {
    let document = r#"<w:document xmlns:w="w"><w:body>
        <w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>Data Policy</w:t></w:r></w:p>
        <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t xml:space="preserve">Publish </w:t></w:r><w:ins><w:r><w:t>data</w:t></w:r></w:ins><w:del><w:r><w:delText>secrets</w:delText></w:r></w:del><w:r><w:footnoteReference w:id="2"/></w:r></w:p>
        <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>each year</w:t></w:r></w:p>
        <w:p><w:r><w:br w:type="page"/></w:r></w:p>
        <w:p><w:r><w:lastRenderedPageBreak/><w:t>On the second page, the text goes</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t xml:space="preserve"> on to the third.</w:t></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Goal</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>90</w:t></w:r></w:p><w:p><w:r><w:t>%</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        </w:body></w:document>"#;
    let styles = r#"<w:styles xmlns:w="w"><w:style w:styleId="Base"><w:name w:val="heading 2"/></w:style>
        <w:style w:styleId="H1"><w:name w:val="City Heading"/><w:basedOn w:val="Base"/></w:style></w:styles>"#;
    let numbering = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#;
    let footnotes = r#"<w:footnotes xmlns:w="w"><w:footnote w:id="2"><w:p><w:r><w:t>As amended in 2019.</w:t></w:r></w:p></w:footnote></w:footnotes>"#;
    let body = packed(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", document),
        ("word/styles.xml", styles),
        ("word/numbering.xml", numbering),
        ("word/footnotes.xml", footnotes),
    ]);
    let document = read(Kind::Docx, &body).unwrap();
    assert_eq!(document.paging, Paging::Approximate);
    assert_eq!(
        told(&document),
        [
            (1, Role::Heading(2), "Data Policy"),
            (1, Role::Item, "3. Publish data"),
            (1, Role::Item, "3.a) each year"),
            (1, Role::Footnote, "As amended in 2019."),
            (2, Role::Paragraph, "On the second page, the text goes on to the third."),
            (3, Role::Row, "Goal | 90 %"),
        ]
    );
}

#[test]
fn slides_are_read_in_the_order_in_which_they_are_shown() {
    let slide = |title: &str, body: &str| {
        format!(
            r#"<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:txBody></p:sp>
            <p:sp><p:nvSpPr><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"#
        )
    };
    let item = |text: &str| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>");
    let body = packed(&[
        (
            "ppt/presentation.xml",
            r#"<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="rId3"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>"#,
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            r#"<Relationships><Relationship Id="rId2" Target="slides/slide1.xml"/><Relationship Id="rId3" Target="slides/slide2.xml"/></Relationships>"#,
        ),
        ("ppt/slides/slide1.xml", &slide("Goals", &format!("{}{}", item("Roads"), item("Parks")))),
        ("ppt/slides/slide2.xml", &slide("Our Plan", &item("For 2026"))),
    ]);
    let document = read(Kind::Pptx, &body).unwrap();
    assert_eq!(document.paging, Paging::Slides);
    assert_eq!(
        told(&document),
        [
            (1, Role::Heading(1), "Our Plan"),
            (1, Role::Paragraph, "For 2026"),
            (2, Role::Heading(1), "Goals"),
            (2, Role::Item, "• Roads"),
            (2, Role::Item, "• Parks"),
        ]
    );
}

#[test]
fn an_open_document_text_is_read_by_page() {
    let content = r#"<o:document-content xmlns:o="o" xmlns:t="t" xmlns:s="s" xmlns:f="f"><o:automatic-styles><s:style s:name="P9"><s:paragraph-properties f:break-before="page"/></s:style></o:automatic-styles>
        <o:body><o:text><t:h t:outline-level="2">Minutes</t:h><t:list><t:list-item><t:p>Roads<t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>Paved.</t:p></t:note-body></t:note></t:p></t:list-item></t:list>
        <t:p t:style-name="P9">The<t:s/>board <t:soft-page-break/>met.</t:p><t:table><t:table-row><t:table-cell><t:p>Goal</t:p></t:table-cell><t:table-cell><t:p>90 %</t:p></t:table-cell></t:table-row></t:table></o:text></o:body></o:document-content>"#;
    let document = read(Kind::Odt, &packed(&[("content.xml", content)])).unwrap();
    assert_eq!(
        told(&document),
        [
            (1, Role::Heading(2), "Minutes"),
            (1, Role::Item, "• Roads"),
            (1, Role::Footnote, "1 Paved."),
            (2, Role::Paragraph, "The board met."),
            (3, Role::Row, "Goal | 90 %"),
        ]
    );
}

#[test]
fn what_is_hostile_is_refused_by_what_it_is() {
    let sealed = packed(&[
        ("META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>"),
        ("content.xml", "x"),
    ]);
    assert_eq!(read(Kind::Odt, &sealed), Err(Refused::Encrypted));
    let bomb = " ".repeat(usize::try_from(PART).unwrap() + 1);
    assert_eq!(read(Kind::Docx, &packed(&[("word/document.xml", &bomb)])), Err(Refused::TooLarge { most: PART }));
    assert!(matches!(read(Kind::Docx, &packed(&[("a", "b")])), Err(Refused::Malformed(_))));
    let deep = format!("<w:document><w:body>{}", "<w:sdt>".repeat(100_000));
    assert!(matches!(read(Kind::Docx, &packed(&[("word/document.xml", &deep)])), Err(Refused::Malformed(_))));
}
