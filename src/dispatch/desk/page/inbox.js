// The inbox: a list of any length, of which only what is seen is in the page; what is decided leaves it at once.

import { Frames } from "/frames.js";
import { Told, ask, count, make, post, request, say } from "/parts.js";

const ROW = 84; // pixels, as in the style sheet
const STATES = [["", "Waiting"], ["dismissed", "Dismissed"], ["used", "Used"], ["all", "All"]];
const ORDERS = [["arrived", "Newest arrival"], ["day", "Newest day"], ["source", "By source"]];
const SURE = [["", "Any byline"], ["certain", "Byline certain"], ["likely", "Byline likely"], ["unknown", "No byline"]];
const DAYS = [["", "Any time"], ["1", "Last day"], ["3", "Last 3 days"], ["7", "Last week"], ["31", "Last month"]];
const KINDS = { "json-ld": "JSON-LD", citation: "metadata for citations", microformat: "microformats", box: "author box", byline: "byline near the headline", meta: "meta elements" };

export class Inbox {
  looks = [];
  quiet = true; // nothing is checked while one chooses
  numbers = [];
  rows = new Map(); // what is known of an entry, by its number
  marked = new Set();
  here = 0;
  newest = 0; // the highest number that was seen
  sections = [];
  done = []; // of each decision the numbers that left the list
  queue = Promise.resolve();
  unsaid = 0; // decisions that the server has not yet heard
  turn = 0;

  keys = {
    "j k": ["Next, previous article"],
    Enter: ["Read it; Escape leads back to the list"],
    a: ["Add it, to the section of its source"],
    "1-9": ["Add it to this section"],
    n: ["Add it with a note"],
    x: ["Dismiss it"],
    X: ["Dismiss all above"],
    Space: ["Mark it: what you do next is done to all that are marked"],
    u: ["Undo"],
    "/": ["Search"],
    s: ["Only this source, or all again"],
    o: ["Open it at its publisher's"],
  };

  constructor(stage) {
    const filter = (name, label, choices) => make("select", { "aria-label": label, "data-name": name, onchange: () => this.ask() }, ...choices.map(([value, words]) => make("option", { value }, words)));
    const field = (name, label) => make("input", { type: "search", "aria-label": label, placeholder: label, "data-name": name, oninput: () => this.askSoon(), autocomplete: "off", spellcheck: "false" });
    this.search = field("search", "Search");
    this.search.setAttribute("aria-keyshortcuts", "/");
    this.source = filter("source", "Source", [["", "All sources"]]);
    this.filters = make("div", { class: "filters", role: "search", "aria-label": "Which articles" },
      this.search, this.source, filter("order", "Order", ORDERS),
      make("details", {}, make("summary", {}, "More"), make("div", { class: "filters" },
        filter("certainty", "How sure the byline is", SURE), filter("days", "Since when", DAYS), filter("state", "Which", STATES),
        field("author", "Author"), field("tag", "Tag"), field("language", "Language, as de"))));
    this.asks = [...this.filters.querySelectorAll("[data-name]")];
    this.found = make("p", { class: "soft found", role: "status" });
    this.runway = make("div", { class: "runway", role: "presentation" });
    this.list = make("div", { class: "entries", role: "listbox", tabindex: 0, "aria-label": "Articles in the inbox", "aria-multiselectable": "true", onscroll: () => this.paint() }, this.runway);
    this.top = make("div", { class: "top" });
    this.bar = make("div", { class: "decide", role: "group", "aria-label": "What becomes of it" });
    this.frames = new Frames("The article");
    this.reading = make("article", { class: "reading", "aria-label": "The article that is chosen" }, this.top, this.frames.element, this.bar);
    stage.append(make("div", { class: "inbox" }, make("div", { class: "choose" }, this.filters, this.found, this.list), this.reading));
    this.box = stage.firstElementChild;
    this.search.addEventListener("keydown", (event) => this.leaveSearch(event));
    new ResizeObserver(() => this.paint()).observe(this.list);
  }

  async draw(at, again = false) {
    this.at = at;
    const outline = at.slug ? ask(`/outline/${at.slug}`) : { sections: [] };
    await Promise.all([outline, this.ask(again)]);
    const { sections, status } = await outline;
    this.sections = sections.map((section) => section.fields.title);
    this.status = status;
    this.decide();
    if (!again) this.list.focus({ preventScroll: true });
  }

  get chosen() {
    return this.numbers[this.here];
  }

  /** Those that the next key is about. */
  get meant() {
    return this.marked.size ? this.numbers.filter((number) => this.marked.has(number)) : this.numbers.slice(this.here, this.here + 1);
  }

  askSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.ask().catch(this.failed), 30);
  }

  /** Asks anew which articles match; again: those that one sees stay where they are. */
  async ask(again = false) {
    if (this.unsaid) {
      this.asksAgain = true; // what is not yet written would come back
      if (again) return;
      await this.queue;
    }
    const turn = ++this.turn;
    const asked = new URLSearchParams(this.asks.map((one) => [one.dataset.name, one.value]).filter(([, value]) => value));
    this.asking = ask(`/inbox?${asked}`);
    const { numbers, rows, sources, waiting } = await this.asking;
    if (turn !== this.turn) return;
    const [before, chosen] = [this.source.value, this.wanted ?? this.chosen];
    this.wanted = undefined;
    this.taken = turn;
    this.source.replaceChildren(make("option", { value: "" }, "All sources"), ...sources.map(({ key, title, count: waits }) => make("option", { value: key }, `${title} (${waits})`)));
    this.source.value = before;
    if (!again) this.rows.clear();
    for (const row of rows) this.rows.set(row.number, row);
    this.take(numbers, again ? Math.max(0, numbers.indexOf(chosen)) || Math.min(this.here, Math.max(0, numbers.length - 1)) : 0, !again);
    const came = numbers.filter((number) => number > this.newest).length;
    if (again && came) say(`${count(came, "new article")} in the inbox.`);
    this.newest = numbers.reduce((most, number) => Math.max(most, number), this.newest);
    this.waiting = waiting;
    this.tell();
  }

  take(numbers, here, atTop = false) {
    this.numbers = numbers;
    for (const number of [...this.marked]) if (!numbers.includes(number)) this.marked.delete(number);
    this.runway.style.height = `${numbers.length * ROW}px`;
    if (atTop) this.list.scrollTop = 0;
    this.go(here);
  }

  tell() {
    const marked = this.marked.size ? `${count(this.marked.size, "article")} marked. ` : "";
    const of = this.numbers.length === this.waiting ? "" : `, ${count(this.waiting, "waits", "wait")} in all`;
    this.found.textContent = `${marked}${count(this.numbers.length, "article")}${of}`.replace(/^no/, "No");
    this.runway.hidden = !this.numbers.length;
  }

  /** Chooses an article by its place, and shows it. */
  go(place, { reads = true } = {}) {
    this.here = Math.min(Math.max(0, place), Math.max(0, this.numbers.length - 1));
    const [top, height] = [this.here * ROW, this.list.clientHeight];
    if (top < this.list.scrollTop) this.list.scrollTop = top;
    else if (top + ROW > this.list.scrollTop + height) this.list.scrollTop = top + ROW - height;
    this.paint();
    if (reads) this.read();
  }

  /** Puts what is seen of the list into the page. */
  paint() {
    const first = Math.max(0, Math.floor(this.list.scrollTop / ROW) - 3);
    const seen = this.numbers.slice(first, first + Math.ceil(this.list.clientHeight / ROW) + 6);
    const missing = seen.some((number) => !this.rows.has(number)) ? this.numbers.slice(Math.max(0, first - 20), first + 80).filter((number) => !this.rows.has(number)) : [];
    this.runway.replaceChildren(...seen.map((number, at) => this.row(number, first + at)));
    if (this.numbers.length) this.list.setAttribute("aria-activedescendant", `entry-${this.chosen}`);
    else this.list.removeAttribute("aria-activedescendant");
    if (missing.length) this.fetch(missing);
  }

  async fetch(numbers) {
    if (this.fetching) return; // what is missing still is asked for then
    this.fetching = true;
    try {
      for (const row of await ask(`/inbox/rows?numbers=${numbers.join()}`)) this.rows.set(row.number, row);
      this.fetching = false;
      this.paint();
    } catch (error) {
      this.failed(error);
    } finally {
      this.fetching = false;
    }
  }

  row(number, place) {
    const known = this.rows.get(number);
    const [chosen, marked] = [place === this.here, this.marked.has(number)];
    const element = make("div", { class: `row${chosen ? " chosen" : ""}${marked ? " marked" : ""}`, role: "option", id: `entry-${number}`, "aria-selected": chosen || marked ? "true" : "false", "aria-setsize": this.numbers.length, "aria-posinset": place + 1, onclick: (event) => this.click(event, place) });
    element.style.top = `${place * ROW}px`;
    if (!known) return element;
    const names = known.names.join(", ");
    element.append(
      make("p", { class: "headline" }, make("b", { dir: "auto" }, known.title), make("span", { class: "soft" }, known.day ? shortDay(known.day) : "no date")),
      make("p", { class: "facts soft" },
        known.certainty === "certain" && names ? make("bdi", {}, names) : make("span", { class: "doubt" }, names ? make("bdi", {}, names) : "no byline", names ? " (likely)" : ""),
        " · ", make("bdi", {}, known.source), ` · ${count(known.words, "word")}`,
        known.places ? ` · also at ${known.places}` : "", known.picture ? " · picture" : "", known.changed ? " · changed" : "", known.state === "dismissed" ? " · dismissed" : ""),
      make("p", { class: "begun soft", dir: "auto" }, known.begun),
    );
    return element;
  }

  click(event, place) {
    if (event.shiftKey) for (let one = Math.min(this.here, place); one <= Math.max(this.here, place); one++) this.marked.add(this.numbers[one]);
    else if (event.ctrlKey || event.metaKey) this.mark(this.numbers[place]);
    this.go(place);
    this.tell();
    this.open();
  }

  mark(number) {
    if (!this.marked.delete(number)) this.marked.add(number);
    this.tell();
  }

  /** Shows the article that is chosen, once no key has been pressed for a moment. */
  read() {
    clearTimeout(this.reads);
    const number = this.chosen;
    if (number === undefined) {
      this.top.replaceChildren(make("p", {}, this.filtered ? "No article matches." : "Nothing waits. To fetch from your sources: dispatch gather"));
      this.frames.element.replaceChildren();
      this.bar.replaceChildren();
      this.shown = undefined;
      return;
    }
    if (number === this.shown) return this.decide();
    this.reads = setTimeout(() => this.show(number).catch(this.failed), 30);
  }

  get filtered() {
    return this.asks.some((one) => one.dataset.name !== "order" && one.value);
  }

  async show(number) {
    const entry = await ask(`/inbox/${number}`);
    if (number !== this.chosen) return;
    this.shown = number;
    this.entry = entry;
    const only = (name, value) => make("button", { type: "button", class: "link", title: `Only with this ${name}`, onclick: () => this.narrow(name, value) }, make("bdi", {}, value));
    const line = (words, ...rest) => make("p", { class: "soft" }, words, ...rest);
    const listed = (items, draw) => items.flatMap((item, at) => [at ? ", " : null, draw(item)]);
    this.top.replaceChildren(
      make("h2", { dir: "auto" }, make("a", { href: entry.url || null, target: "_blank", rel: "noopener noreferrer" }, entry.title)),
      entry.dek ? make("p", { class: "dek", dir: "auto" }, entry.dek) : "",
      make("p", { class: entry.certainty === "certain" ? "byline" : "byline doubt" },
        ...(entry.authors.length ? ["By ", ...listed(entry.authors, (author) => only("author", author.name))] : ["Nobody is named"]),
        entry.certainty === "certain" ? "" : entry.authors.length ? " – not certain" : "",
        make("span", { class: "soft" }, " in "), only("source", entry.source), make("span", { class: "soft" }, entry.day ? ` · ${longDay(entry.day)}` : " · no date", ` · ${count(entry.words, "word")}`)),
      ...entry.choices.map((choice, at) => line(`Could be ${at + 1}: `, make("bdi", {}, choice.names.join(", ")), choice.kinds.length ? ` (${choice.kinds.map((kind) => KINDS[kind]).join(", ")})` : "")),
      ...entry.credits.map((credit) => line(`${credit.role}: `, make("bdi", {}, credit.name))),
      entry.tags.length ? line("Tags: ", ...listed(entry.tags, (tag) => only("tag", tag))) : "",
      entry.licence ? line(`Licence: ${entry.licence}`) : "",
      entry.terms ? line(`Its publisher requires: ${entry.terms}`) : "",
      ...entry.changes.map((change) => line(`Changed: ${change}`)),
      ...entry.also.map((address) => line("Also at ", make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address))),
      entry.uses.length ? line(`Used in ${entry.uses.join(", ")}`) : "",
    );
    this.decide();
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    await this.frames.show(`/read/${dark ? "dark" : "light"}/${number}`, { dark });
  }

  /** What can be done, as buttons: each says its key. */
  decide() {
    const key = (name) => make("kbd", { "aria-hidden": "true" }, name);
    const button = (words, name, act) => make("button", { type: "button", "aria-keyshortcuts": name, onclick: act }, words, key(name));
    const more = this.marked.size ? ` ${this.marked.size}` : "";
    const own = this.entry?.section;
    const dismissed = this.entry?.state === "dismissed";
    this.bar.replaceChildren(
      button(`Add${more}`, "a", () => this.add()),
      ...this.sections.slice(0, 9).map((title, at) => make("button", { type: "button", class: title === own ? "own" : null, "aria-keyshortcuts": `${at + 1}`, onclick: () => this.add(title) }, make("bdi", {}, title || "(no section)"), key(`${at + 1}`))),
      button("Note…", "n", () => this.annotate()),
      dismissed ? button(`Restore${more}`, "x", () => this.dismiss(this.meant)) : button(`Dismiss${more}`, "x", () => this.dismiss(this.meant)),
      button("Undo", "u", () => this.undo()),
      make("button", { type: "button", class: "back", onclick: () => this.close() }, "Back to the list"),
    );
  }

  narrow(name, value) {
    const field = this.asks.find((one) => one.dataset.name === name);
    field.value = name === "source" ? this.entry.key : value;
    if (name !== "source") this.filters.querySelector("details").open = true;
    this.close();
    this.ask().catch(this.failed);
  }

  open() {
    this.box.classList.add("opened");
  }

  close() {
    this.box.classList.remove("opened");
    this.list.focus({ preventScroll: true });
  }

  /** Takes articles out of the list at once, and tells the server after what was asked before. */
  act(action, body, numbers, words) {
    const gone = new Set(numbers);
    const before = this.numbers.slice(0, this.here).filter((number) => gone.has(number)).length;
    this.marked.clear();
    this.unsaid++;
    this.asksAgain ||= this.turn !== this.taken; // what was asked before knows nothing of this
    this.turn++;
    this.taken = this.turn;
    this.take(this.numbers.filter((number) => !gone.has(number)), this.here - before);
    this.waiting -= gone.size;
    this.tell();
    this.queue = this.queue.then(async () => {
      try {
        const done = await post(`/do/${action}`, body);
        this.done.push({ numbers });
        say(words(done), make("button", { type: "button", class: "link", onclick: () => this.undo() }, "Undo"));
        if (done.faults.length) throw new Told(done.faults);
        this.entry && this.decide();
      } catch (error) {
        say("");
        this.failed(error);
        this.asksAgain = true;
      }
      this.unsaid--;
      if (this.unsaid || !this.asksAgain) return;
      this.asksAgain = false;
      await this.ask(true);
    });
    return this.queue;
  }

  async add(section = "", note = "") {
    if (!this.meant.length) return;
    if (!this.at.slug) return this.create();
    const title = this.at.issue.title;
    await this.act("add", { issue: this.at.slug, numbers: this.meant, section, note }, this.meant, (done) => `Added ${done.count > 1 ? `${done.count} ` : ""}to ${section || "its section"} of ${title}.${this.status === "published" ? " It is published: publish the change." : ""}`);
  }

  async annotate() {
    if (!this.meant.length) return;
    const note = await request("Add with a note", { label: "Your own words about it", submit: "Add", lines: 1 });
    if (note !== null) await this.add("", note);
    this.list.focus({ preventScroll: true });
  }

  dismiss(numbers) {
    if (!numbers.length) return;
    const restores = this.rows.get(numbers[0])?.state === "dismissed";
    return this.act(restores ? "restore" : "dismiss", { numbers }, numbers, (done) => `${restores ? "Restored" : "Dismissed"} ${done.count}.`);
  }

  undo() {
    this.queue = this.queue.then(async () => {
      try {
        const undone = await post("/do/undo", {});
        this.wanted = this.done.pop()?.numbers[0];
        await this.ask(true);
        say(`Undone: ${undone.kind} ${undone.count}.`);
      } catch (error) {
        this.failed(error);
      }
    });
    return this.queue;
  }

  leaveSearch(event) {
    if (event.key === "Escape" && this.search.value) {
      this.search.value = "";
      this.ask().catch(this.failed);
    }
    if (["Enter", "Escape", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      this.list.focus();
    }
  }

  async only() {
    await this.asking?.catch(() => {}); // what is chosen may still be on its way
    const known = this.rows.get(this.chosen) ?? (await ask(`/inbox/rows?numbers=${this.chosen ?? ""}`))[0];
    this.source.value = this.source.value ? "" : known?.key ?? "";
    this.ask().catch(this.failed);
  }

  /** Does what a key says; whether it was one of these. */
  press(event) {
    const page = Math.max(1, Math.floor(this.list.clientHeight / ROW) - 1);
    const held = event.target?.closest?.("button, a, select") && ["Enter", " "].includes(event.key);
    if (held) return false;
    const moves = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity, J: 1, K: -1 };
    if (event.key in moves) {
      if (event.key === "J" || event.key === "K" || (event.shiftKey && event.key.startsWith("Arrow"))) {
        this.marked.add(this.chosen);
        this.go(this.here + moves[event.key]);
        this.marked.add(this.chosen);
        this.tell();
        this.paint();
      } else this.go(this.here + moves[event.key]);
      return true;
    }
    const acts = {
      a: () => this.add(),
      n: () => this.annotate(),
      x: () => this.dismiss(this.meant),
      X: () => this.dismiss(this.numbers.slice(0, this.here)),
      u: () => this.undo(),
      s: () => this.only().catch(this.failed),
      "/": () => this.search.focus(),
      o: () => this.entry?.url && window.open(this.entry.url, "_blank", "noopener"),
      " ": () => { this.mark(this.chosen); this.go(this.here + 1); },
      Enter: () => { this.open(); this.frames.element.querySelector("iframe")?.focus(); },
      Escape: () => { this.marked.clear(); this.tell(); this.paint(); this.close(); },
    };
    if (/^[1-9]$/.test(event.key)) {
      const title = this.sections[event.key - 1];
      if (title === undefined) say(this.at.slug ? `There is no section ${event.key}.` : "There is no issue yet: N starts one.");
      else this.add(title);
      return true;
    }
    if (!acts[event.key]) return false;
    acts[event.key]();
    return true;
  }
}

const shortDay = (day) => new Date(`${day}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
const longDay = (day) => new Date(`${day}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
