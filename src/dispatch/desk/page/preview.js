// The page: which issue, which view, which glasses; it follows the files, and does what the keys say.

import { Inbox } from "/inbox.js";
import { IssueView } from "/issue.js";
import { Told, ask, by, desk, make, place, post, request } from "/parts.js";
import { Feeds, Findings, Mail, Site, Size, Text } from "/views.js";

const VIEWS = [
  ["inbox", "Inbox", "h", (stage) => new Inbox(stage)],
  ["issue", "Issue", "e", (stage) => new IssueView(stage)],
  ["mail", "Mail", "1", (stage) => new Mail(stage)],
  ["text", "Text", "2", (stage) => new Text(stage)],
  ["page", "Page", "3", (stage) => new Site(stage, (at) => `issues/${at.slug}/`)],
  ["site", "Site", "4", (stage) => new Site(stage, () => "")],
  ["feeds", "Feeds", "5", (stage) => new Feeds(stage)],
  ["size", "Size", "6", (stage) => new Size(stage)],
  ["findings", "Findings", "7", (stage) => new Findings(stage)],
];
const WITH_SECTIONS = new Set(["inbox", "issue"]); // where the digits are those of sections
const LETTERS = { mail: "v", findings: "f" };
const WITHOUT_ISSUE = new Set(["inbox"]);
const LOOKS = { phone: ["Phone", "p"], dark: ["Dark", "d"], bare: ["No pictures", "i"], outlook: ["Outlook", "o"], print: ["Print", "r"] };
const GLASSES = ["dark", "bare", "outlook", "print"];

let overview = null; // what the server last said
let view = null; // what is drawn: its name, its view, its issue
let checked = null; // the findings of one version of one issue, once they have been asked for
let said = []; // what went wrong while the view was drawn
let early = null; // the keys that came before the view that was asked for

/** Where we are, as the address has it: #issue/view/look+look. */
function at() {
  const [slug, name, worn, key, field] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const issue = overview.issues.find((one) => one.slug === slug) ?? overview.issues.find((one) => one.slug === overview.first) ?? overview.issues[0];
  const looks = new Set((worn || "").split("+").filter((look) => LOOKS[look]));
  return { issue, slug: issue?.slug, name: VIEWS.some(([one]) => one === name) ? name : overview.view, looks, wanted: key, field };
}

function go({ slug, name, looks }) {
  const before = location.hash;
  location.hash = `${slug ?? ""}/${name}/${[...looks].join("+")}`;
  if (location.hash !== before && WITH_SECTIONS.has(name)) early ??= [];
}

const to = (change) => go({ ...at(), ...change });

/** Draws the view that is asked for; the same one again keeps its place. */
async function draw(again = false) {
  const here = at();
  header(here);
  if (!here.issue && !WITHOUT_ISSUE.has(here.name)) {
    view = early = null;
    delete document.documentElement.dataset.busy;
    document.documentElement.dataset.version = overview.version;
    return by("stage").replaceChildren(make("div", { class: "sheet" }, make("p", {}, "There is no issue yet."), make("p", { class: "tools" }, make("button", { type: "button", onclick: create }, "New issue…"))));
  }
  if (view?.name !== here.name) {
    by("stage").replaceChildren();
    view = { name: here.name, shown: VIEWS.find(([name]) => name === here.name)[3](by("stage")) };
    view.shown.failed = failed;
    view.shown.create = create;
    by("stage").className = here.name;
    again = false;
  }
  again = again && view.slug === here.slug;
  view.slug = here.slug;
  glasses(here);
  const worn = here.looks.intersection(new Set(view.shown.looks));
  const look = GLASSES.filter((one) => worn.has(one)).join("+") || "light";
  const findings = () => find(here.slug);
  const taken = view.taken === location.hash; // a place that one was led to holds until one goes elsewhere
  view.taken = location.hash;
  document.documentElement.dataset.busy = "";
  try {
    await view.shown.draw({ ...here, overview, look, has: (one) => worn.has(one), findings, wanted: () => (taken ? "" : here.wanted), field: taken ? "" : here.field }, again);
    said = [];
  } catch (error) {
    failed(error);
  }
  faults();
  delete document.documentElement.dataset.busy;
  document.documentElement.dataset.version = overview.version;
  if (here.issue && !view.shown.quiet) tally(here.slug);
  if (at().name !== here.name) return; // one has gone on meanwhile
  const keys = early ?? [];
  early = null;
  for (const key of keys) press({ key, preventDefault() {} });
}

function failed(error) {
  if (!(error instanceof Told)) throw error;
  said = error.faults;
  faults();
}

function header(here) {
  by("title").textContent = overview.title;
  document.title = here.issue ? `${here.issue.title} · desk` : "Desk";
  by("server").textContent = overview.mail;
  const option = (issue) => make("option", { value: issue.slug }, `${issue.number ? `No. ${issue.number} · ` : ""}${issue.title}`);
  const group = (label, status) => {
    const found = overview.issues.filter((issue) => issue.status === status);
    return found.length ? make("optgroup", { label }, ...found.map(option)) : null;
  };
  by("issue").replaceChildren(...[group("Drafts", "draft"), group("Scheduled", "scheduled"), group("Published", "published")].filter(Boolean));
  by("issue").value = here.slug ?? "";
  const shown = (name, key) => (WITH_SECTIONS.has(here.name) && /\d/.test(key) ? LETTERS[name] ?? null : key);
  by("views").replaceChildren(...VIEWS.map(([name, words, key]) => make("li", {},
    make("a", { href: `#${here.slug ?? ""}/${name}/${[...here.looks].join("+")}`, "aria-current": name === here.name ? "page" : null, "aria-keyshortcuts": shown(name, key), id: `view-${name}` },
      words, make("kbd", { "aria-hidden": "true" }, shown(name, key) ?? "")))));
}

function glasses(here) {
  const flip = (look) => {
    const looks = new Set(here.looks);
    if (!looks.delete(look)) looks.add(look);
    to({ looks });
  };
  const held = document.activeElement?.dataset?.look;
  by("looks").replaceChildren(...view.shown.looks.map((look) => make("button",
    { type: "button", "data-look": look, "aria-pressed": here.looks.has(look) ? "true" : "false", "aria-keyshortcuts": LOOKS[look][1], onclick: () => flip(look) },
    LOOKS[look][0], make("kbd", { "aria-hidden": "true" }, LOOKS[look][1]))));
  if (held) by("looks").querySelector(`[data-look=${held}]`)?.focus();
}

/** What is wrong in the files, above what could last be read. */
function faults() {
  const found = [...overview.faults, ...said];
  const once = found.filter((one, at) => found.findIndex((other) => other.what === one.what && other.file === one.file) === at);
  by("faults").hidden = !once.length;
  by("faults").replaceChildren(
    make("h2", {}, overview.faults.length ? "This cannot be read as it stands; what you see is from before" : "This could not be done"),
    make("ul", {}, ...once.map((one) => make("li", {}, make("p", {}, one.what), one.hint ? make("p", { class: "soft" }, one.hint) : null, one.path ? place(one) : null))),
  );
}

/** The findings, asked for once; the view is there before. */
function find(slug) {
  if (checked?.slug !== slug || checked.version !== overview.version) {
    checked = { slug, version: overview.version, found: ask(`/findings/${slug}`) };
  }
  return checked.found;
}

async function tally(slug) {
  const tab = by("view-findings");
  try {
    const found = await find(slug);
    tab.querySelector(".count")?.remove();
    if (found.length) tab.querySelector("kbd").before(make("span", { class: "count" }, ` ${found.length}`));
  } catch (error) {
    if (!(error instanceof Told)) throw error;
  }
}

function follow() {
  const stream = new EventSource("/changes");
  stream.onmessage = (event) => {
    const before = overview?.version;
    overview = JSON.parse(event.data);
    desk.hand = overview.hand;
    by("status").textContent = "";
    if (before !== overview.version) draw(true);
  };
  stream.onerror = () => {
    by("status").textContent = "The desk has ended, or is starting again.";
  };
}

const KEYS = {
  ...Object.fromEntries(VIEWS.map(([name, words, key]) => [key, [words, () => to({ name })]])),
  ...Object.fromEntries(Object.entries(LOOKS).map(([look, [words, key]]) => [key, [words, () => by("looks").querySelector(`[data-look=${look}]`)?.click()]])),
  "[": ["The issue before", () => step(-1)],
  "]": ["The issue after", () => step(1)],
  v: ["As readers see it", () => to({ name: "mail" })],
  f: ["Findings", () => to({ name: "findings" })],
  t: ["Send a test", () => by("test").click()],
  N: ["New issue", () => create()],
  "?": ["These keys", () => help()],
};

/** The keys that hold here: those of the view first. */
function help() {
  const own = view?.shown.keys ?? {};
  const rest = Object.entries(KEYS).filter(([key, [words]]) => !own[key] && (view?.shown.looks.some((look) => LOOKS[look][1] === key) || !Object.values(LOOKS).some(([, one]) => one === key)));
  const row = ([key, [words]]) => [make("dt", {}, ...key.split(" ").flatMap((one, at) => [at ? " " : null, make("kbd", {}, one === "Space" ? "Space" : one)])), make("dd", {}, words)];
  by("help-keys").replaceChildren(...[...Object.entries(own), ...rest].flatMap(row));
  by("help").showModal();
}

/** Starts an issue, and goes on with it. */
async function create() {
  const title = await request("New issue", { label: "Its title", submit: "Start it" });
  if (title === null) return;
  try {
    const { keys } = await post("/do/create", { title });
    to({ slug: keys[0] });
  } catch (error) {
    failed(error);
  }
}

function step(by_) {
  const place_ = overview.issues.findIndex((one) => one.slug === at().slug) + by_;
  if (overview.issues[place_]) to({ slug: overview.issues[place_].slug });
}

function press(event) {
  const typing = event.target?.closest?.("input, textarea, select, dialog");
  if (!overview || typing || event.ctrlKey || event.metaKey || event.altKey || !by("help-on").checked) return;
  if (early && event.key.length === 1) {
    early.push(event.key);
    return event.preventDefault();
  }
  if (view?.shown.press?.(event)) return event.preventDefault();
  const key = KEYS[event.key];
  if (key) {
    event.preventDefault(); // a frame that passed it on asks whether it was one of ours
    key[1]();
  }
}

async function send(event) {
  event.preventDefault();
  const result = by("sent");
  result.className = "";
  result.textContent = "Sending…";
  const slug = at().slug;
  try {
    const { taken } = await post(`/send/${slug}`, { to: by("to").value });
    result.textContent = `Sent: ${taken} took it.`;
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    result.className = "bad";
    result.textContent = error.faults.map((one) => [one.what, one.hint].filter(Boolean).join(" ")).join(" ");
  }
}

by("issue").addEventListener("change", () => to({ slug: by("issue").value }));
by("keys").addEventListener("click", help);
by("new").addEventListener("click", create);
by("test").addEventListener("click", () => { by("sent").textContent = ""; by("sending").showModal(); });
by("leave").addEventListener("click", () => by("sending").close());
by("send").addEventListener("submit", send);
by("help-on").checked = localStorage.getItem("keys") !== "off";
by("help-on").addEventListener("change", () => localStorage.setItem("keys", by("help-on").checked ? "on" : "off"));
addEventListener("keydown", press);
addEventListener("hashchange", () => overview && draw());
if (location.search) history.replaceState(null, "", `/${location.hash}`); // the token has become a cookie
follow();
