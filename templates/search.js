// The search page's script: Pagefind finds the words, and what it found is shown as the site shows it.
// A hit is an article, with its byline taken from its page, or the introduction of an issue.
const MOST = 20; // pages that are looked at
const AROUND = 12; // words of an excerpt before the first that was found; three times as many behind it

const box = document.getElementById("search");
const form = box.querySelector("form");
const field = form.querySelector("input");
const status = box.querySelector("[role=status]");
const list = box.querySelector(".found");
const lists = document.getElementById("without");

const pages = new Map();
let engine;
let asked = 0;

/** The page at an address of this site, read once. */
function page(url) {
  if (!pages.has(url)) {
    const read = async () => new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    pages.set(url, read());
  }
  return pages.get(url);
}

/** What was found on one page: the places of the words by the article in which they stand, the fullest first. */
function parts(data) {
  const articles = data.anchors.filter((anchor) => anchor.element === "article").sort((a, b) => a.location - b.location);
  const found = new Map();
  for (const place of [...data.locations].sort((a, b) => a - b)) {
    const at = articles.findLastIndex((anchor) => anchor.location <= place);
    const end = articles[at + 1]?.location ?? Infinity;
    const part = found.get(at) ?? { id: articles[at]?.id ?? "", begin: articles[at]?.location ?? 0, end, places: [] };
    part.places.push(place);
    found.set(at, part);
  }
  return [...found.values()].sort((a, b) => b.places.length - a.places.length);
}

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

/** Some words around the first that was found, those that were found marked; ``top`` of them are shown above. */
function excerpt(data, part, top) {
  const words = data.raw_content.split(/\s+/);
  const first = part.places.find((place) => place >= part.begin + top) ?? 0;
  const begin = Math.max(part.begin + top, first - AROUND);
  const end = Math.min(part.end, begin + AROUND * 4, words.length);
  const said = element("p", begin > part.begin + top ? "… " : "");
  for (let place = begin; place < end; place++) {
    said.append(part.places.includes(place) ? element("mark", words[place]) : words[place], " ");
  }
  said.append(end < Math.min(part.end, words.length) ? "…" : "");
  return said;
}

/** One hit as a line: the headline leads to its place, and under it stands who wrote it. */
async function line(data, part) {
  const whole = await page(data.url);
  const scope = (part.id && whole.getElementById(part.id)) || whole.querySelector("main");
  const headline = scope.querySelector("h1, h2");
  const own = whole.querySelectorAll("main article").length === 1 && scope.querySelector("h1");
  const link = element("a", headline.textContent.trim());
  link.href = part.id && !own ? `${data.url}#${part.id}` : data.url;
  link.dir = "auto";
  const item = element("li", element("h2", link));
  const credit = scope.matches("article") ? scope.querySelector(".byline") : whole.querySelector(".kicker");
  if (credit) item.append(document.importNode(credit, true));
  const top = scope.matches("article") ? [headline, scope.querySelector(".dek"), credit] : [headline];
  item.append(excerpt(data, part, top.flatMap((one) => one?.textContent.trim().split(/\s+/) ?? []).length));
  return item;
}

async function search() {
  const words = field.value.trim();
  const turn = ++asked;
  const here = new URL(location.href);
  if (words) here.searchParams.set("q", words);
  else here.searchParams.delete("q");
  history.replaceState(null, "", here);
  if (!words) {
    list.replaceChildren();
    status.textContent = "";
    return;
  }
  engine ??= await import("../pagefind/pagefind.js");
  const answer = await engine.debouncedSearch(words, {}, 200);
  if (!answer || turn !== asked) return;
  const found = await Promise.all(answer.results.slice(0, MOST).map((result) => result.data()));
  const lines = await Promise.all(found.flatMap((data) => parts(data).map((part) => line(data, part))));
  if (turn !== asked) return;
  list.replaceChildren(...lines);
  const said = lines.length ? box.dataset.found : box.dataset.none;
  const more = answer.results.length > MOST ? "+" : "";
  status.textContent = said.replace("{n}", lines.length + more).replace("{words}", words);
}

async function tried() {
  try {
    await search();
  } catch {
    form.hidden = true;
    lists.hidden = false;
    lists.querySelector("p").textContent = box.dataset.failed;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  tried();
});
field.addEventListener("input", tried);
form.hidden = false;
lists.hidden = true;
field.value = new URL(location.href).searchParams.get("q") ?? "";
if (field.value) tried();
