// The issue: its sections and articles, moved by keys or dragged, and what is edited in place; then it is published.

import { fixes } from "/fixes.js";
import { Frames } from "/frames.js";
import { Told, ask, copy, count, make, place, post, request, say } from "/parts.js";

const LAYOUTS = [["", "By their number"], ["lead", "Lead"], ["cards", "Cards"], ["list", "List"], ["brief", "Brief"], ["quote", "Quote"], ["text", "Text"]];
const POLICIES = [["link", "Link only"], ["excerpt", "Excerpt"], ["full", "Full text"]];
const COLUMNS = [["", "One"], ["yes", "Two, where there is room"]];
const SPONSOR = [["sponsor", "Who paid for it"], ["sponsor_url", "The sponsor’s address"], ["sponsor_text", "What the sponsor says", "lines"]];
const ISSUE = [
  ["title", "Title"], ["intro", "Introduction, in Markdown", "text"],
  ["subject", "Subject of the mail, if not the title"], ["preheader", "Preheader: what a mailbox shows beside the subject", "lines"],
  ["number", "Number"], ["date", "Date"], ...SPONSOR,
];
const SECTION = [["title", "Section"], ["intro", "Introduction, in Markdown", "text"], ["layout", "How its articles are shown", LAYOUTS], ["two_columns", "Columns of what is brief", COLUMNS], ...SPONSOR];
const ARTICLE = [
  ["title", "Headline"], ["dek", "Line under the headline"], ["note", "Your note", "lines"],
  ["authors", "Who wrote it: a line each, as Ada Quay = https://paper.example/ada", "lines"],
  ["layout", "How it is shown", [["", "As its section"], ...LAYOUTS.slice(1)]], ["syndicate", "How much is shown", POLICIES], ["words", "Words of an excerpt"],
  ["published", "First published"], ["url", "Its address"],
  ["image", "Picture: an address, or a file beside the article"], ["alt", "What the picture shows, in words"], ["caption", "Under the picture"], ["picture_credit", "Who made the picture"],
  ["tags", "Tags, with commas between"], ["language", "Language, as de"], ...SPONSOR,
];
const LEFT_TO_RIGHT = new Set(["url", "image", "sponsor_url", "language", "date", "published", "number", "words"]);
const ROWS = { lines: 2, text: 8 };

export class IssueView {
  looks = [];
  chosen = ""; // the key of an article, “section:” and its title, or nothing: the issue itself
  queue = Promise.resolve();

  keys = {
    "j k": ["Next, previous article; the arrows stop at sections, too"],
    "J K": ["Move it down, up"],
    "1-9": ["Move it to this section"],
    Enter: ["Edit it; Escape leads back to the list"],
    n: ["Edit your note"],
    i: ["Edit the issue itself: title, introduction, date, sponsor"],
    c: ["Confirm who wrote it"],
    x: ["Take it out of the issue"],
    S: ["New section"],
    u: ["Undo"],
    p: ["Publish…"],
  };

  constructor(stage) {
    this.outline = make("div", { class: "outline", role: "region", tabindex: 0, "aria-label": "Sections and articles" });
    this.form = make("div", { class: "editor" });
    this.frames = new Frames("The article");
    stage.append(make("div", { class: "desk" }, this.outline, this.form));
    this.box = stage.firstElementChild;
  }

  async draw(at, again = false) {
    const other = this.at?.slug !== at.slug;
    this.at = at;
    const wanted = at.wanted?.();
    const whole = at.field && !wanted; // a field of the issue itself
    this.shown = await ask(`/outline/${at.slug}`);
    if (wanted && this.find(wanted)) this.chosen = wanted;
    else if (whole) this.chosen = "";
    else if (other || !this.target) this.chosen = other ? this.articles[0]?.key ?? "" : this.near ?? this.articles[0]?.key ?? "";
    this.list();
    this.edit(again && !other);
    if (at.field) (this.inputs.get(at.field) ?? this.outline).focus();
    else if (!again) this.outline.querySelector("[aria-current]")?.focus({ preventScroll: true });
  }

  get articles() {
    return this.shown.sections.flatMap((section) => section.articles);
  }

  find(key) {
    return this.articles.find((article) => article.key === key);
  }

  get article() {
    return this.find(this.chosen);
  }

  /** What is edited: its kind, how a change names it, and its fields. */
  get target() {
    if (!this.chosen) return { kind: "issue", names: {}, fields: this.shown.fields, rows: ISSUE };
    if (this.chosen.startsWith("section:")) {
      const title = this.chosen.slice(8);
      const section = this.shown.sections.find((one) => one.fields.title === title);
      return section && { kind: "section", names: { section: title }, fields: section.fields, rows: SECTION, section };
    }
    const article = this.article;
    return article && { kind: "article", names: { key: article.key }, fields: article.fields, rows: ARTICLE, article };
  }

  sectionOf(key) {
    return this.shown.sections.find((section) => section.articles.some((article) => article.key === key));
  }

  list() {
    const held = document.activeElement?.closest?.(".outline") ? document.activeElement.dataset.chosen : undefined;
    const current = (name) => (this.chosen === name ? "true" : null);
    const pick = (name) => () => this.choose(name, { opens: true });
    const item = (article) => make("li", { class: "item", draggable: "true", "data-key": article.key, ondragstart: (event) => this.drag(event, article.key), ondragover: (event) => this.over(event), ondragleave: (event) => event.currentTarget.classList.remove("over"), ondrop: (event) => this.drop(event, this.sectionOf(article.key).fields.title, article.key) },
      make("button", { type: "button", class: "pick", "data-chosen": article.key, "aria-current": current(article.key), onclick: pick(article.key) },
        make("b", { dir: "auto" }, article.fields.title),
        make("span", { class: "soft" },
          article.certainty === "certain" && article.authors.length ? make("bdi", {}, article.authors.map((one) => one.name).join(", ")) : make("span", { class: "doubt" }, article.authors.length ? `${article.authors.map((one) => one.name).join(", ")} (${article.certainty})` : "no byline"),
          article.source ? " · " : "", make("bdi", {}, article.source),
          article.fields.note ? " · note" : "", article.fields.image ? " · picture" : "", article.withdrawn ? " · withdrawn" : "", article.fields.published ? "" : " · no date")));
    this.outline.replaceChildren(
      make("button", { type: "button", class: "pick whole", "data-chosen": "", "aria-current": current(""), onclick: pick("") }, make("b", { dir: "auto" }, this.shown.fields.title), make("span", { class: "soft" }, `${this.shown.status} · ${count(this.articles.length, "article")}`)),
      ...this.shown.sections.map((section, at) => {
        const title = section.fields.title;
        return make("section", { "aria-label": title || "No section", ondragover: (event) => this.over(event), ondragleave: (event) => event.currentTarget.classList.remove("over"), ondrop: (event) => this.drop(event, title) },
          make("h2", {}, make("button", { type: "button", class: "pick", "data-chosen": `section:${title}`, "aria-current": current(`section:${title}`), onclick: pick(`section:${title}`) }, make("bdi", {}, title || "(no section)"), at < 9 ? make("kbd", { "aria-hidden": "true" }, `${at + 1}`) : null)),
          make("ol", {}, ...section.articles.map(item)),
          section.articles.length ? null : make("p", { class: "soft empty" }, "No articles yet"));
      }),
      make("p", { class: "tools" },
        make("button", { type: "button", "aria-keyshortcuts": "S", onclick: () => this.addSection() }, "New section…", make("kbd", { "aria-hidden": "true" }, "S")),
        make("button", { type: "button", "aria-keyshortcuts": "u", onclick: () => this.undo() }, "Undo", make("kbd", { "aria-hidden": "true" }, "u")),
        make("button", { type: "button", class: "main", "aria-keyshortcuts": "p", onclick: () => this.publish() }, "Publish…", make("kbd", { "aria-hidden": "true" }, "p"))),
    );
    if (held !== undefined) [...this.outline.querySelectorAll(".pick")].find((one) => one.dataset.chosen === this.chosen)?.focus({ preventScroll: true });
  }

  choose(name, { opens = false } = {}) {
    this.chosen = name;
    for (const one of this.outline.querySelectorAll(".pick")) {
      if (one.dataset.chosen === name) {
        one.setAttribute("aria-current", "true");
        one.focus({ preventScroll: true });
        one.scrollIntoView({ block: "nearest" });
      } else one.removeAttribute("aria-current");
    }
    this.edit();
    if (opens) this.box.classList.add("opened");
  }

  /** The form of what is chosen; again: what somebody types just now stays. */
  edit(again = false) {
    const target = this.target;
    if (!target) return;
    const name = JSON.stringify([this.at.slug, this.chosen]);
    if (again && this.form.dataset.of === name) {
      for (const input of this.form.querySelectorAll("[data-field]")) this.fill(input, target.fields[input.dataset.field]);
    } else {
      this.form.dataset.of = name;
      this.inputs = new Map(target.rows.map(([field, label, choices]) => [field, this.input(field, label, choices, target.fields[field])]));
      const labelled = (field) => make("p", { class: `field ${field}` }, make("label", { for: `field-${field}` }, target.rows.find(([one]) => one === field)[1]), this.inputs.get(field), make("span", { class: "wrong", id: `wrong-${field}`, role: "alert" }));
      this.above = make("div", { class: "above" });
      this.form.replaceChildren(this.above, make("div", { class: "fields" }, ...target.rows.map(([field]) => labelled(field))),
        make("p", { class: "tools" }, make("button", { type: "button", class: "back", onclick: () => this.close() }, "Back to the list")));
      if (target.kind === "article") this.showText(target.article).catch(this.failed);
    }
    this.head(target);
    if (target.kind === "article") this.mend(target.article).catch(this.failed);
  }

  input(field, label, choices, value) {
    const shared = { id: `field-${field}`, "data-field": field, "aria-describedby": `wrong-${field}`, onchange: (event) => this.save(event.target), autocomplete: "off" };
    const input = Array.isArray(choices)
      ? make("select", shared, ...choices.map(([one, words]) => make("option", { value: one }, words)))
      : ROWS[choices] ? make("textarea", { ...shared, rows: ROWS[choices], dir: "auto" }) : make("input", { ...shared, type: "text", dir: LEFT_TO_RIGHT.has(field) ? "ltr" : "auto" });
    input.value = input.dataset.was = value;
    if (ROWS[choices]) input.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.close(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || (event.key === "Enter" && input.tagName === "INPUT")) {
        event.preventDefault();
        event.stopPropagation();
        if (event.key === "Escape") input.value = input.dataset.was;
        this.close();
      }
    });
    return input;
  }

  fill(input, value) {
    if (document.activeElement === input && input.value !== input.dataset.was) return; // it is being written; see save
    input.value = input.dataset.was = value;
  }

  head(target) {
    const rows = [];
    if (target.kind === "article") {
      const article = target.article;
      rows.push(make("h2", { dir: "auto" }, article.link ? make("a", { href: article.link, target: "_blank", rel: "noopener noreferrer" }, article.fields.title) : article.fields.title));
      rows.push(make("p", { class: "soft" }, article.file, ` · ${count(article.words_of_text, "word")}`, article.own ? " · your own" : ""));
      if (article.certainty !== "certain") {
        const button = (words, body) => make("button", { type: "button", onclick: () => this.change("credit", { key: article.key, ...body }, "Credited.") }, words);
        rows.push(make("div", { class: "doubts" }, make("p", {}, make("b", { class: "doubt" }, article.authors.length ? "It is not certain who wrote it." : "Nobody is named.")),
          make("p", { class: "tools" }, ...article.choices.map((choice, at) => button(`It is ${choice.names.join(", ")}`, { choice: `${at + 1}` })))));
      }
      rows.push(make("p", { class: "tools" },
        ...this.shown.sections.map((section, at) => make("button", { type: "button", disabled: section === this.sectionOf(article.key), onclick: () => this.toSection(at) }, "To ", make("bdi", {}, section.fields.title || "(no section)"))),
        make("button", { type: "button", onclick: () => this.step(-1) }, "Up", make("kbd", { "aria-hidden": "true" }, "K")), make("button", { type: "button", onclick: () => this.step(1) }, "Down", make("kbd", { "aria-hidden": "true" }, "J")),
        make("button", { type: "button", onclick: () => this.remove() }, "Take it out", make("kbd", { "aria-hidden": "true" }, "x"))));
      this.mending = make("ul", { class: "mending", "aria-label": "What is wrong with it" });
      rows.push(this.mending);
    } else if (target.kind === "section") {
      const titles = this.shown.sections.map((one) => one.fields.title);
      const here = titles.indexOf(target.names.section);
      const into = titles[here - 1] ?? titles[here + 1];
      rows.push(make("h2", { dir: "auto" }, target.names.section || "(no section)"), make("p", { class: "tools" },
        make("button", { type: "button", disabled: here < 1, onclick: () => this.change("section", { how: "move", title: titles[here], before: titles[here - 1] }, "Moved.") }, "Up"),
        make("button", { type: "button", disabled: here > titles.length - 2, onclick: () => this.change("section", { how: "move", title: titles[here], before: titles[here + 2] ?? "" }, "Moved.") }, "Down"),
        make("button", { type: "button", onclick: () => this.change("section", { how: "remove", title: titles[here], into: target.section.articles.length ? into ?? "" : "" }, "Removed.") }, target.section.articles.length && into !== undefined ? `Remove it; its articles go to ${into}` : "Remove it")));
    } else {
      rows.push(make("h2", { dir: "auto" }, target.fields.title), make("p", { class: "soft" }, `issues/${this.at.slug}/issue.md`));
    }
    this.above.replaceChildren(...rows);
  }

  async showText(article) {
    const text = make("details", { class: "text" }, make("summary", {}, "Its text"), this.frames.element);
    this.form.insertBefore(text, this.form.lastElementChild);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    text.addEventListener("toggle", () => text.open && this.frames.show(`/read/${dark ? "dark" : "light"}/${this.at.slug}/${article.key}`, { dark }).catch(this.failed));
  }

  /** What the check says of this article, with what would mend it. */
  async mend(article) {
    const found = (await this.at.findings()).filter((one) => one.key === article.key && one.rule !== "editorial.certainty"); // that stands above
    if (this.chosen !== article.key) return;
    this.mending.replaceChildren(...found.map((one) => make("li", { class: `finding ${one.severity}` }, make("p", {}, make("span", { class: "severity" }, one.severity), ` ${one.what}.`), fixes(one, this.at, article) ?? make("p", { class: "soft" }, one.hint))));
  }

  /** Writes one field; what somebody else has made of it meanwhile is told, and not overwritten. */
  async save(input) {
    const [field, text, was] = [input.dataset.field, input.value, input.dataset.was];
    if (text === was) return;
    const { names, kind } = this.target;
    const wrong = document.getElementById(`wrong-${field}`);
    wrong.textContent = "";
    if (kind === "section" && field === "title") this.near = this.chosen = `section:${text.trim()}`;
    input.dataset.was = text.trim();
    try {
      await this.change("edit", { ...names, field, was, text }, "Saved.", { throws: true });
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      if (kind === "section" && field === "title") this.chosen = `section:${was}`;
      input.dataset.was = was;
      wrong.textContent = error.faults.map((one) => [one.what, one.hint].filter(Boolean).join(". ")).join(" ");
      this.shown = await ask(`/outline/${this.at.slug}`);
      const now = this.target?.fields[field];
      if (now !== undefined && now !== was) input.dataset.was = now; // a second time is meant
      input.focus();
    }
  }

  /** Asks for a change, one after the other, and shows what the files say then. */
  change(action, body, words, { throws = false } = {}) {
    const done = this.queue.then(async () => {
      const said = await post(`/do/${action}`, { issue: this.at.slug, ...body });
      say(words, action === "undo" ? null : make("button", { type: "button", class: "link", onclick: () => this.undo() }, "Undo"));
      await this.draw(this.at, true);
      return said;
    });
    this.queue = done.catch(() => {});
    return throws ? done : done.catch((error) => { say(""); this.failed(error); });
  }

  undo() {
    return this.change("undo", {}, "Undone.");
  }

  step(by_) {
    const places = this.shown.sections.flatMap((section) => [...section.articles.map((article) => ({ section: section.fields.title, key: article.key })), { section: section.fields.title, key: "" }]);
    const here = places.findIndex((one) => one.key === this.chosen && one.key);
    if (here < 0) return;
    const target = by_ > 0 ? places[here + 2] : places[here - 1];
    if (!target) return;
    // Down over the end of a section is the first place of the next one; up, the last of the one before.
    const below = by_ > 0 && !places[here + 1].key ? places[here + 2] : target;
    this.change("move", { key: this.chosen, section: below.section, before: below.key }, "Moved.");
  }

  toSection(at) {
    const section = this.shown.sections[at];
    if (this.article && section) return this.change("move", { key: this.chosen, section: section.fields.title, before: "" }, `Moved to ${section.fields.title}.`);
  }

  remove() {
    const gone = this.article;
    if (!gone) return;
    const keys = this.articles.map((article) => article.key);
    this.near = keys[keys.indexOf(gone.key) + 1] ?? keys[keys.indexOf(gone.key) - 1] ?? "";
    return this.change("remove", { key: gone.key }, `Taken out: ${gone.fields.title}. Its file is still there.`);
  }

  confirm() {
    const article = this.article;
    if (!article || article.certainty === "certain") return say(article ? "It is certain already." : "");
    if (article.authors.length) return this.change("credit", { key: article.key, choice: "" }, `Confirmed: by ${article.authors.map((one) => one.name).join(", ")}.`);
    this.inputs.get("authors").focus();
  }

  async addSection() {
    const title = await request("New section", { label: "Its title", submit: "Add it" });
    if (title !== null) await this.change("section", { how: "add", title }, `New section: ${title}.`);
  }

  drag(event, key) {
    event.dataTransfer.setData("text/plain", key);
    event.dataTransfer.effectAllowed = "move";
    this.dragged = key;
  }

  over(event) {
    if (!this.dragged) return;
    event.preventDefault();
    event.stopPropagation();
    for (const one of this.outline.querySelectorAll(".over")) one.classList.remove("over");
    event.currentTarget.classList.add("over");
  }

  drop(event, section, before = "") {
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.classList.remove("over");
    const key = this.dragged;
    this.dragged = "";
    if (!key || key === before) return;
    this.chosen = key;
    this.change("move", { key, section, before }, "Moved.");
  }

  /** What publishing would do; and then does it. */
  async publish() {
    const box = make("dialog", { class: "wide", "aria-labelledby": "publish-title" }, make("h2", { id: "publish-title" }, `Publish “${this.shown.fields.title}”`), make("p", { role: "status" }, "The check runs…"));
    document.body.append(box);
    box.addEventListener("close", () => { box.remove(); this.outline.focus(); });
    box.showModal();
    const close = make("button", { type: "button", onclick: () => box.close() }, "Close");
    const faults = (found) => make("ul", {}, ...found.map((one) => make("li", {}, make("p", {}, `${one.what}.`), one.hint ? make("p", { class: "soft" }, one.hint) : null, one.path ? place(one) : null)));
    try {
      const plan = await ask(`/plan/${this.at.slug}`);
      const kinds = (what) => plan.changes.filter((change) => change.what === what).length;
      const lead = make("a", { href: `#${this.at.slug}/findings/`, onclick: () => box.close() }, plan.errors ? `${count(plan.errors, "error")}, ${count(plan.warnings, "warning")}` : count(plan.warnings, "warning"));
      const go = make("button", { class: "main", onclick: () => this.release(box, go, close, plan) }, plan.doubts.length ? "Publish all the same" : "Publish");
      box.replaceChildren(box.firstElementChild,
        make("p", {}, plan.stopped ? "It cannot be published yet: " : "The check finds no error: ", lead, "."),
        plan.doubts.length ? faults(plan.doubts.map((one) => ({ ...one, what: `It ${one.what}` }))) : "",
        plan.faults.length ? faults(plan.faults) : "",
        plan.stopped ? "" : make("p", {}, `In ${plan.folder}/, ${count(kinds("new"), "file")} would be new, ${count(kinds("changed"), "file")} changed, ${count(kinds("removed"), "file")} removed, of ${plan.count}.`),
        plan.stopped ? "" : make("details", {}, make("summary", {}, "Which"), make("ul", { class: "paths", tabindex: 0 }, ...plan.changes.map((change) => make("li", {}, `${{ new: "+", changed: "~", removed: "-" }[change.what]} ${change.path}`)))),
        plan.stopped ? "" : make("p", { class: "soft" }, `Whoever follows its feeds gets it once the folder is online.${plan.readers === null ? "" : ` ${count(plan.readers, "reader", "readers").replace(/^no/, "No")} of the list would get it by mail, which goes out only when you send it.`}`),
        plan.stopped || this.shown.status !== "published" ? "" : this.sending(plan),
        make("p", { class: "tools" }, plan.stopped ? "" : go, close));
      (plan.stopped || plan.doubts.length ? close : go).focus(); // what may not be meant is not one Enter away
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      box.replaceChildren(box.firstElementChild, faults(error.faults), make("p", { class: "tools" }, close));
    }
  }

  /** How what is published gets to its readers: a test from here; the rest by a command, which can be stopped and gone on with. */
  sending(plan) {
    const line = (command) => make("p", { class: "place" }, make("code", {}, command), copy(command));
    if (!plan.sends) return make("p", { class: "soft" }, "To send it: dispatch help send.");
    const result = make("p", { role: "status" });
    const test = make("button", { type: "button", onclick: async () => {
      test.disabled = true;
      result.textContent = "Sending…";
      try {
        result.textContent = (await post(`/test/${this.at.slug}`, {})).map(({ to, reply }) => `${to}: ${reply}`).join(" ");
      } catch (error) {
        if (!(error instanceof Told)) throw error;
        result.textContent = error.faults.map((one) => [one.what, one.hint].filter(Boolean).join(". ")).join(" ");
      }
      test.disabled = false;
    } }, `Send a test to ${plan.testers.join(", ")}`);
    return make("section", { "aria-label": "By mail" },
      plan.testers.length ? make("p", { class: "tools" }, test) : null, result,
      make("p", {}, `To send it to ${count(plan.readers ?? 0, "reader")}, in the terminal, which asks once more and can go on where it was stopped:`), line(`dispatch send ${this.at.slug}`));
  }

  async release(box, go, close, plan) {
    go.disabled = true;
    go.textContent = "Publishing…";
    try {
      const done = await post(`/publish/${this.at.slug}`, {});
      box.replaceChildren(box.firstElementChild,
        make("p", { role: "status" }, done.stopped ? "It is not published: see the findings." : `Published: ${count(done.changes.length, "file")} of ${done.count} written to ${done.folder}/.`),
        done.stopped ? "" : make("p", { class: "soft" }, "To put it online: dispatch help online."),
        done.stopped ? "" : this.sending(plan),
        make("p", { class: "tools" }, close));
      close.focus();
      await this.draw(this.at, true);
    } catch (error) {
      box.close();
      this.failed(error);
    }
  }

  close() {
    this.box.classList.remove("opened");
    [...this.outline.querySelectorAll(".pick")].find((one) => one.dataset.chosen === this.chosen)?.focus({ preventScroll: true });
  }

  press(event) {
    if (event.target?.closest?.("button, a, summary") && ["Enter", " "].includes(event.key) && !event.target.closest(".pick")) return false;
    const keys = ["", ...this.shown?.sections.flatMap((section) => [`section:${section.fields.title}`, ...section.articles.map((article) => article.key)]) ?? []];
    const go = (by_) => this.choose(keys[Math.min(keys.length - 1, Math.max(0, keys.indexOf(this.chosen) + by_))]);
    const skip = (by_) => {
      let place = keys.indexOf(this.chosen) + by_;
      while (keys[place]?.startsWith("section:") || keys[place] === "") place += by_;
      if (keys[place]) this.choose(keys[place]);
    };
    if (!this.shown) return false;
    if (/^[1-9]$/.test(event.key)) {
      if (!this.article) return false;
      this.toSection(event.key - 1);
      return true;
    }
    const acts = {
      j: () => skip(1), ArrowDown: () => go(1), k: () => skip(-1), ArrowUp: () => go(-1),
      J: () => this.step(1), K: () => this.step(-1),
      n: () => this.inputs.get("note")?.focus(),
      i: () => { this.choose("", { opens: true }); this.inputs.get("title").focus(); },
      c: () => this.confirm(),
      x: () => this.remove(),
      S: () => this.addSection(),
      u: () => this.undo(),
      p: () => this.publish(),
      Enter: () => { this.box.classList.add("opened"); this.form.querySelector("[data-field]")?.focus(); },
      Escape: () => this.close(),
    };
    if (!acts[event.key]) return false;
    acts[event.key]();
    return true;
  }
}
