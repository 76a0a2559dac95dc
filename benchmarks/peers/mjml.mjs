// npm's mjml in a process that stays: renders a file once for every line it reads, and answers with the microseconds
// of CPU time that it took. Warmed up first, so that what is measured is compiled.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import process from "node:process";

const [modules, file] = process.argv.slice(2);
const mjml2html = createRequire(modules + "/")("mjml").default ?? createRequire(modules + "/")("mjml");
const source = readFileSync(file, "utf8");
const render = async () => (await mjml2html(source, { validationLevel: "skip", keepComments: false })).html;

for (let turn = 0; turn < 100; turn++) {
  if (!(await render()).includes("</html>")) throw new Error("mjml rendered nothing");
}
console.log("warm");
for await (const _ of createInterface({ input: process.stdin })) {
  const begun = process.cpuUsage();
  await render();
  const used = process.cpuUsage(begun);
  console.log(used.user + used.system);
}
