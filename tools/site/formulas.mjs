// Set formulas: a JSON list of [TeX, displayed] comes in, one of [SVG, MathML] goes out.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const MathJax = createRequire(process.argv[2])("mathjax");
await MathJax.init({
  loader: { load: ["input/tex", "output/svg"] },
  svg: { fontCache: "none", linebreaks: { inline: false } },
});
const set = [];
for (const [tex, display] of JSON.parse(readFileSync(0, "utf8"))) {
  const node = await MathJax.tex2svgPromise(tex, { display });
  const picture = MathJax.startup.adaptor.innerHTML(node);
  set.push([picture, await MathJax.tex2mmlPromise(tex, { display })]);
}
process.stdout.write(JSON.stringify(set));
