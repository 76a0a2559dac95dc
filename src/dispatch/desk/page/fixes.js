// What would mend a finding: a place to go to, and where there is one right answer, a button or a field for it.

import { Told, make, post } from "/parts.js";

// Which field of the issue view a rule is about, where its key does not say so.
const FIELDS = { "editorial.author": "authors", "editorial.certainty": "authors", "editorial.date": "published", "editorial.alt": "alt", "links.insecure-picture": "image", "ids.link": "url", "ids.authors": "authors", "ids.date": "published" };

/** What mends a finding about an article of the issue, as an element; null where only an editor knows. */
export function fixes(finding, at, article) {
  const wrong = make("span", { class: "wrong", role: "alert" });
  const send = async (action, body, control) => {
    control.disabled = true;
    try {
      await post(`/do/${action}`, { issue: at.slug, key: article.key, ...body });
      control.textContent = "Done";
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      control.disabled = false;
      wrong.textContent = error.faults.map((one) => [one.what, one.hint].filter(Boolean).join(". ")).join(" ");
    }
  };
  const edit = (field, text) => ["edit", { field, was: article.fields[field], text }];
  const button = (words, action, body) => {
    const control = make("button", { type: "button", onclick: () => send(action, body, control) }, words);
    return control;
  };
  const ask = (label, field, submit) => {
    const input = make("input", { type: "text", "aria-label": label, placeholder: label });
    const control = make("button", {}, submit);
    return make("form", { class: "tools", onsubmit: (event) => { event.preventDefault(); send(...edit(field, input.value), control); } }, input, control);
  };
  const wanted = finding.values.wanted ?? "";
  const url = finding.values.url ?? "";
  const offered = {
    "editorial.certainty": () => article.choices.map((choice, number) => button(`It is ${choice.names.join(", ")}`, "credit", { choice: `${number + 1}` })),
    "editorial.author": () => [ask("Who wrote it, as Ada Quay = https://…", "authors", "Credit them")],
    "editorial.date": () => [article.fields.published ? button(`It is ${article.fields.published.slice(0, 10)}`, ...edit("published", article.fields.published)) : ask("The day, as 2026-11-22", "published", "Set the date")],
    "editorial.alt": () => [ask("What the picture shows", "alt", "Say so"), button("It only decorates", ...edit("alt", ""))],
    "links.insecure-picture": () => (url && url === article.fields.image ? [button("Use https", ...edit("image", url.replace(/^http:/, "https:")))] : null),
    "ids.link": () => (wanted && finding.values.found === article.fields.url ? [button(`Put back ${wanted}`, ...edit("url", wanted))] : null),
  }[finding.rule]?.();
  return offered ? make("div", { class: "tools" }, ...offered, wrong) : null;
}

/** Where a finding is mended: the article in the issue view. */
export function leads(finding, at) {
  const article = finding.key && finding.key !== "issue" ? finding.key : "";
  const field = FIELDS[finding.rule] ?? (finding.field || "").split(/[.[]/)[0];
  return make("a", { href: `#${at.slug}/issue//${article}/${field}`, class: "lead" }, article ? "Edit the article" : "Edit the issue");
}
