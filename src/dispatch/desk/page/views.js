// The views: each draws itself into the stage, and again when the files have changed.

import { fixes, leads } from "/fixes.js";
import { ask, answer, count, make, place } from "/parts.js";
import { Frames } from "/frames.js";

const frame = (at, path) => `/frame/${at.look}/${at.slug}/${path}`;

/** An edition in a frame, as wide as a screen or as a phone. */
class Framed {
  constructor(stage, title) {
    this.frames = new Frames(title);
    this.screen = make("div", { class: "screen", tabindex: 0, role: "region", "aria-label": title }, this.frames.element);
    this.above = make("div", {});
    stage.append(this.above, this.screen);
  }

  async show(at, address, again) {
    for (const form of ["phone", "print"]) this.screen.classList.toggle(form, at.has(form));
    await this.frames.show(address, { dark: at.has("dark"), again });
  }
}

export class Mail extends Framed {
  looks = ["phone", "dark", "bare", "outlook"];

  constructor(stage) {
    super(stage, "The mail");
  }

  async draw(at, again) {
    const issue = at.issue;
    await this.show(at, frame(at, `issues/${at.slug}/email.html`), again);
    const { opening } = await ask(`/mailbox/${at.slug}`);
    const sender = at.overview.sender.replace(/<[^>]*>/, "").replace(/"/g, "").trim() || at.overview.sender;
    const shown = opening.startsWith(issue.preheader || "\0") ? issue.preheader : opening;
    this.above.replaceChildren(
      make("div", { class: at.has("phone") ? "letter phone" : "letter" },
        make("p", { class: "line" },
          make("span", { class: "from" }, sender || "No sender yet"),
          make("span", { class: "about" }, make("b", {}, issue.title), make("span", { class: "dash" }, "–"), make("span", {}, shown.slice(0, 200))),
        ),
        make("p", { class: "soft" }, `As a mailbox shows it. Subject ${count([...issue.title].length, "character")}, preheader ${count([...issue.preheader].length, "character")}.`),
      ),
    );
  }
}

export class Text {
  looks = [];

  constructor(stage) {
    this.shown = make("pre", { class: "plain", tabindex: 0, role: "region", "aria-label": "The plain text" });
    stage.append(this.shown);
  }

  async draw(at) {
    this.shown.textContent = await (await answer(frame({ ...at, look: "light" }, `issues/${at.slug}/email.txt`))).text();
  }
}

/** Pages of the site; links between them are followed. */
export class Site extends Framed {
  looks = ["phone", "dark", "bare", "print"];

  constructor(stage, start) {
    super(stage, "The page");
    this.start = start;
    this.where = make("span", { class: "soft" });
    this.choice = make("select", { "aria-label": "Go to a page of the site", onchange: () => this.go(this.choice.value) });
    this.above.append(make("div", { class: "path" }, this.choice, this.where));
    this.frames.onmoved = () => this.moved();
  }

  async draw(at, again) {
    const same = again || this.at?.slug === at.slug;
    const path = same ? this.path : this.start(at);
    this.at = at;
    await this.show(at, frame(at, path), same);
    const stops = (await ask(`/stops/${at.slug}`)).filter((stop) => stop.kind !== "feed");
    this.choice.replaceChildren(...stops.map((stop) => make("option", { value: stop.path }, words(stop))));
    this.moved();
  }

  get path() {
    return decodeURI(this.frames.address).split("/").slice(4).join("/");
  }

  moved() {
    if (!this.at) return;
    this.where.textContent = `${this.at.overview.url}/${this.path}`;
    this.choice.value = this.path;
  }

  go(path) {
    return this.frames.show(frame(this.at, path), { dark: this.at.has("dark") });
  }
}

const KINDS = { front: "Front page", index: "Index", follow: "How to follow", search: "Search", year: "Year" };
const words = (stop) => (KINDS[stop.kind] ? `${KINDS[stop.kind]}${stop.path ? `: ${stop.path}` : ""}` : `${stop.kind}: ${stop.title}`);

/** A feed as a feed reader shows it. */
export class Feeds {
  looks = ["dark", "bare"];
  ending = "xml";
  number = 0;

  constructor(stage) {
    this.stem = make("select", { "aria-label": "Which feed", onchange: () => this.again() });
    this.kinds = make("span", { class: "tools", role: "group", "aria-label": "Which format" },
      ...[["xml", "RSS"], ["atom", "Atom"], ["json", "JSON Feed"]].map(([ending, name]) =>
        make("button", { type: "button", "data-ending": ending, onclick: () => { this.ending = ending; this.again(); } }, name)));
    this.where = make("span", { class: "soft" });
    this.list = make("ol", { "aria-label": "Entries" });
    this.top = make("div", { class: "top" });
    this.frames = new Frames("The entry, as a feed reader shows it");
    stage.append(
      make("div", { class: "path" }, this.stem, this.kinds, this.where),
      make("div", { class: "reader" }, this.list, make("div", { class: "entry" }, this.top, this.frames.element)),
    );
  }

  again() {
    return this.draw(this.at, true).catch(this.failed);
  }

  async draw(at, again = false) {
    if (this.at?.slug !== at.slug) this.number = 0;
    this.at = at;
    const stops = (await ask(`/stops/${at.slug}`)).filter((stop) => stop.kind === "feed");
    const own = { path: `issues/${at.slug}/feed`, title: "this issue" };
    const chosen = this.stem.value || "feed";
    this.stem.replaceChildren(...[...stops, own].map((stop) => make("option", { value: stop.path }, stop.path === own.path ? "This issue" : `${stop.title}: ${stop.path}`)));
    this.stem.value = [...this.stem.options].some((option) => option.value === chosen) ? chosen : "feed";
    this.path = `${this.stem.value}.${this.ending}`;
    for (const button of this.kinds.children) button.setAttribute("aria-pressed", button.dataset.ending === this.ending);
    this.where.textContent = `${at.overview.url}/${this.path}`;
    this.entries = await ask(`/feed/${at.slug}/${this.path}`);
    this.number = Math.min(this.number, Math.max(0, this.entries.length - 1));
    this.list.replaceChildren(...this.entries.map((entry, number) => make("li", {},
      make("button", { type: "button", onclick: () => this.open(number).catch(this.failed) }, make("b", {}, entry.title),
        make("span", { class: "soft" }, credit(entry))))));
    if (this.entries.length) await this.open(this.number, again);
  }

  async open(number, again = false) {
    this.number = number;
    const entry = this.entries[number];
    [...this.list.querySelectorAll("button")].forEach((button, at) => (at === number ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current")));
    this.top.replaceChildren(
      make("h2", {}, make("a", { href: entry.url, target: "_blank", rel: "noopener" }, entry.title)),
      make("p", { class: "soft" }, credit(entry)),
    );
    await this.frames.show(`/entry/${this.at.look}/${this.at.slug}/${number}/${this.path}`, { dark: this.at.has("dark"), again });
  }
}

const credit = (entry) => [...new Set([entry.names.join(", "), entry.source, when(entry.date)])].filter(Boolean).join(" · ");

function when(written) {
  const date = new Date(written);
  return Number.isNaN(date.valueOf()) ? written : date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** How much room the mail has left, article by article. */
export class Size {
  looks = [];

  constructor(stage) {
    this.sheet = make("div", { class: "sheet" });
    stage.append(this.sheet);
  }

  async draw(at) {
    const { octets, most, articles } = await ask(`/weights/${at.slug}`);
    const left = most - octets;
    const rest = Math.max(0, octets - articles.reduce((sum, one) => sum + one.octets, 0));
    const bar = make("div", { class: "scale", role: "img", "aria-label": `${percent(octets, most)} of the room is taken` });
    for (const part of [rest, ...articles.map((one) => one.octets)]) {
      const piece = make("i", left < 0 ? { class: "over" } : {});
      piece.style.width = `${(100 * part) / Math.max(most, octets)}%`;
      bar.append(piece);
    }
    const length = (n) => {
      const line = make("i");
      line.style.width = `${(100 * n) / Math.max(1, rest, ...articles.map((one) => one.octets))}%`;
      return line;
    };
    const row = (title, n) => make("tr", {}, make("td", {}, title), make("td", { class: "share", "aria-hidden": "true" }, length(n)), make("td", { class: "number" }, n.toLocaleString("en-GB")));
    this.sheet.replaceChildren(
      make("h2", {}, left >= 0 ? `${count(octets, "byte")}, ${percent(octets, most)} of what Gmail shows` : `${count(-left, "byte")} too many: Gmail cuts the mail off`),
      bar,
      make("p", { class: "soft" }, `Gmail shows ${count(most, "byte")} of a mail’s HTML, and hides the rest behind a link. Each article is weighed by what the mail would lose without it.`),
      make("table", {},
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Article"), make("th", { class: "share", "aria-hidden": "true" }), make("th", { scope: "col", class: "number" }, "Bytes"))),
        make("tbody", {}, ...articles.map((one) => row(one.title, one.octets)), row("Frame, style, introduction, foot", rest)),
      ),
    );
  }
}

const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;

/** What the check has to say, errors first. */
export class Findings {
  looks = [];

  constructor(stage) {
    this.sheet = make("div", { class: "sheet" });
    stage.append(this.sheet);
  }

  async draw(at) {
    const [found, { sections }] = [await at.findings(), await ask(`/outline/${at.slug}`)];
    const articles = new Map(sections.flatMap((section) => section.articles.map((article) => [article.key, article])));
    const errors = found.filter((one) => one.severity === "error").length;
    this.sheet.replaceChildren(
      make("h2", {}, found.length ? `${count(errors, "error").replace("no", "No")}, ${count(found.length - errors, "warning")}` : "Nothing is wrong"),
      make("ul", {}, ...found.map((one) => make("li", { class: `finding ${one.severity}` },
        make("p", { class: "severity" }, one.severity), make("p", { class: "what" }, `${one.what}.`),
        make("p", {}, one.hint), articles.has(one.key) ? fixes(one, at, articles.get(one.key)) : null,
        one.key ? make("p", {}, leads(one, at)) : null, place(one), make("p", { class: "soft" }, one.rule)))),
    );
  }
}
