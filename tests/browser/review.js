// Goes a reviewer's way through the workbench in headless Chromium: adds a city, audits it with its progress shown, goes to a
// quote marked in its archived body, then a decision, a sign-off, and the pack that is downloaded.
// node review.js URL CODE PACK LINK; TICKMARK_AXE is a folder whose node_modules hold playwright-core.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const { chromium } = require(path.join(process.env.TICKMARK_AXE, "node_modules", "playwright-core"));
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((at) => fs.existsSync(at));

async function main([url, code, pack, link]) {
  if (!executablePath) {
    console.log("skipped: there is no Chromium");
    return;
  }
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  const context = await browser.newContext({ acceptDownloads: true });
  const tab = await context.newPage();
  const elsewhere = [];
  context.on("request", (request) => { if (!request.url().startsWith(url)) elsewhere.push(request.url()); });
  tab.on("dialog", (dialog) => { elsewhere.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });

  await tab.goto(url);
  // Open from the start where there is no city yet.
  await tab.locator('input[name="city"]').fill("Example");
  await tab.locator('textarea[name="links"]').fill(`${code} ${link}`);
  await tab.getByRole("button", { name: "Add the city" }).click();
  await tab.getByRole("button", { name: "Audit now" }).click();
  await tab.locator('[data-is="fetched"]', { hasText: /[1-9]/ }).waitFor();
  await tab.getByRole("heading", { name: "Through" }).waitFor();
  await tab.locator(".brand a").first().click();
  await tab.locator(".cards h2 a").first().click();
  await tab.locator(".history td a").first().waitFor();
  await tab.getByRole("link", { name: new RegExp(`^Run of`) }).click();
  await tab.locator(`a.cell:has(.code:text-is("${code}"))`).click();
  const criterion = tab.url();

  await tab.locator("a.to").first().click();
  const words = (await tab.locator("blockquote").innerText()).replace(/\s/g, "");
  const marked = tab.frameLocator("iframe").locator("mark#quote");
  const shown = (await marked.innerText()).replace(/<[^>]*>/g, "").replace(/\s/g, "");
  if (!shown.includes(words)) throw new Error(`${words} is quoted, and ${shown} is marked`);

  await tab.goto(criterion);
  const form = tab.locator("article", { has: tab.locator("a.to") }).first().locator(".decide");
  await form.locator("summary").click();
  await form.locator('input[value="not-met"]').check();
  await form.locator("textarea").fill("The words are a draft's.");
  await form.locator('input[name="reviewer"]').fill("Ada Review");
  await form.getByRole("button").click();
  await tab.getByText("The words are a draft's.").waitFor();

  await tab.locator(".steps a").last().click();
  await tab.getByText("Sign off this run").click();
  await tab.locator('input[name="reviewer"]').fill("Ada Review");
  await tab.getByRole("button", { name: "Sign off" }).click();
  await tab.getByText("The pack holds it").waitFor();
  const [download] = await Promise.all([
    tab.waitForEvent("download"),
    tab.getByRole("link", { name: "Download the pack" }).click(),
  ]);
  await download.saveAs(pack);
  await browser.close();
  if (elsewhere.length > 0) throw new Error(`it went elsewhere: ${elsewhere.join(", ")}`);
  console.log("through");
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
