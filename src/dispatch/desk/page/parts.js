// Small things that every view is made of.

/** An element with attributes and children; a child may be text. Text is always text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export const by = (id) => document.getElementById(id);

/** What can be mended, as the server told it. */
export class Told extends Error {
  constructor(faults) {
    super(faults.map((fault) => fault.what).join("\n"));
    this.faults = faults;
  }
}

/** The answer to a request as JSON; one that was refused is thrown as Told. */
export async function ask(address, options = {}) {
  return (await answer(address, options)).json();
}

export async function answer(address, options = {}) {
  let given;
  try {
    given = await fetch(address, options);
  } catch {
    throw new Told([{ what: "The preview does not answer: has it ended?" }]);
  }
  if (given.status === 422) throw new Told((await given.json()).faults);
  if (!given.ok && given.status !== 404) throw new Told([{ what: `${given.status} ${await given.text()}` }]);
  return given;
}

/** What the page alone knows: the token of requests that change something. */
export const desk = { hand: "" };

/** Changes something, as JSON; what was refused is thrown as Told. */
export async function post(address, body) {
  return ask(address, { method: "POST", body: JSON.stringify(body), headers: { "x-desk-token": desk.hand } });
}

/** Shows a short sentence where everything is told, until the next. */
export function say(words, more = null) {
  by("told").replaceChildren(words, ...(more ? [" ", more] : []));
  clearTimeout(desk.told);
  desk.told = setTimeout(() => by("told").replaceChildren(), 8000);
}

/** Asks for a line of text in a dialog; null when it was closed without one. */
export function request(title, { label, value = "", submit = "Save", lines = 1 }) {
  const input = make(lines > 1 ? "textarea" : "input", { id: "asked", rows: lines > 1 ? lines : null, autocomplete: "off" });
  input.value = value;
  const box = make("dialog", { "aria-labelledby": "asked-title" },
    make("h2", { id: "asked-title" }, title),
    make("form", { method: "dialog" },
      make("p", {}, make("label", { for: "asked" }, label), input),
      make("p", { class: "tools" }, make("button", { value: "yes" }, submit), make("button", { value: "", formnovalidate: true }, "Cancel"))));
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      resolve(box.returnValue === "yes" ? input.value : null);
      box.remove();
    });
  });
}

/** A button that copies a text. */
export function copy(text) {
  const done = async (event) => {
    await navigator.clipboard.writeText(text);
    event.target.textContent = "Copied";
  };
  return make("button", { type: "button", onclick: done, "aria-label": `Copy ${text}` }, "Copy");
}

/** The file and line of a finding: a link into the editor, and the path to copy. */
export function place(finding) {
  if (!finding.path) return make("p", { class: "place soft" }, finding.where || "");
  const shown = `${finding.path}:${finding.line}`;
  return make(
    "p",
    { class: "place" },
    make("a", { href: encodeURI(`vscode://file${finding.file.startsWith("/") ? "" : "/"}${finding.file}`) }, shown),
    copy(shown),
    finding.where ? make("span", { class: "soft" }, finding.where) : null,
  );
}

export const count = (n, one, many = `${one}s`) => `${n ? n.toLocaleString("en-GB") : "no"} ${n === 1 ? one : many}`;
