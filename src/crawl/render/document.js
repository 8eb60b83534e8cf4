// Writes out the document as it stands, or only what is in its body: what shadow roots hold stands where it shows, what style
// sheets hide is marked hidden, and scripts are left out. Runs in a world of its own, where the page's scripts have changed
// nothing.
(most, whole) => {
  const EMPTY = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
  const DEEPEST = 400;
  const parts = [];
  let length = 0;
  let cut = false;
  const put = (text) => {
    if (length + text.length > most) { cut = true; return; }
    length += text.length;
    parts.push(text);
  };
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const quoted = (text) => escaped(text).replace(/"/g, "&quot;");
  const hidden = (element) => {
    try { return element.ownerDocument.defaultView.getComputedStyle(element).display === "none"; } catch { return false; }
  };
  const children = (element) => {
    if (element.localName === "slot" && element.assignedNodes) {
      const assigned = element.assignedNodes();
      return assigned.length > 0 ? assigned : element.childNodes;
    }
    return (element.shadowRoot || element).childNodes;
  };
  const walk = (node, depth, inBody) => {
    if (cut || depth > DEEPEST) { cut = true; return; }
    if (node.nodeType === 3) { put(escaped(node.data)); return; }
    if (node.nodeType !== 1) return;
    const name = node.localName;
    const data = name === "script" && /json/i.test(node.type || "");
    if (name === "style" || name === "template" || name === "noscript" || (name === "script" && !data)) return;
    put("<" + name);
    for (const { name: attribute, value } of node.attributes) {
      if (/^[\w:.-]+$/.test(attribute) && !/^on/i.test(attribute) && attribute !== "hidden") put(` ${attribute}="${quoted(value)}"`);
    }
    if (inBody && hidden(node)) put(" hidden");
    put(">");
    if (EMPTY.has(name)) return;
    if (data) { put(node.textContent.replace(/<\/(script)/gi, "<\\/$1")); }
    else if (name !== "iframe" && name !== "frame" && name !== "textarea") for (const child of children(node)) walk(child, depth + 1, inBody || name === "body");
    put(`</${name}>`);
  };
  if (whole) {
    put("<!DOCTYPE html>\n");
    walk(document.documentElement, 0, false);
  } else if (document.body) {
    put(`<section data-frame="${quoted(document.URL)}">`);
    for (const child of document.body.childNodes) walk(child, 0, true);
    parts.push("</section>");
  }
  const height = Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0);
  return { html: parts.join(""), url: document.URL, cut, height };
}
