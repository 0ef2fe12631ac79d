// Shrink stylesheets: rules of others that no page uses go, and two typefaces come along, cut to
// the letters that the pages use. JSON comes in: theirs, own, content (files), fonts (by address).
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const load = createRequire(process.argv[2]);
const { PurgeCSS } = load("purgecss");
const subset = load("subset-font");

const { theirs, own, content, fonts } = JSON.parse(readFileSync(0, "utf8"));
const pages = content.map((file) => ({ raw: readFileSync(file, "utf8"), extension: "html" }));
// Scripts set these attributes while a page is read.
const dynamicAttributes = ["aria-expanded", "aria-selected", "data-mode", "data-theme", "open"];
const [used] = await new PurgeCSS().purge({ content: pages, css: [{ raw: theirs }], dynamicAttributes });

const letters = [...new Set(pages.flatMap(({ raw }) => [...new Set(raw)]))].join("");
let light = `${used.css}\n${own}`;
for (const [address, file] of Object.entries(fonts)) {
  const options = { targetFormat: "woff2", variationAxes: { wght: { min: 300, max: 700 } } };
  const font = (await subset(readFileSync(file), letters, options)).toString("base64");
  light = light.replaceAll(`url("${address}")`, `url("data:font/woff2;base64,${font}")`);
}
process.stdout.write(light);
