// npm's mjml in one process: turns every mail.mjml below a folder into a mail.html beside it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const [modules, folder] = process.argv.slice(2);
const mjml2html = createRequire(modules + "/")("mjml").default ?? createRequire(modules + "/")("mjml");

for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith("mail.mjml")) continue;
  const source = readFileSync(join(folder, name), "utf8");
  const { html } = await mjml2html(source, { validationLevel: "skip", keepComments: false });
  if (!html.includes("</html>")) throw new Error(`${name}: mjml rendered nothing`);
  writeFileSync(join(folder, name.replace(/mjml$/, "html")), html);
}
