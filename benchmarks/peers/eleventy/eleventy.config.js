// Eleventy made to produce what dispatch does: see "What is compared" in docs/reference/speed.md.
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const byline = ({ data }) =>
  `<p>By <a href="${escape(data.author_url)}">${escape(data.author)}</a> in <a href="https://paper.example/">The Paper</a></p>`;
const entry = (page) => `${byline(page)}${page.content}<p><a href="${escape(page.data.link)}">Read ${escape(page.data.title)}</a></p>`;
const address = (url) => `https://wire.example${url}`;

const rss = ({ slug, pages }) => `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Wire</title><link>${address(`/${slug}`)}</link><description>The Wire</description>
${pages.map((page) => `<item><title>${escape(page.data.title)}</title><link>${escape(page.data.link)}</link>
<guid isPermaLink="false">${address(page.url)}</guid><dc:creator>${escape(page.data.author)}</dc:creator>
<pubDate>${page.date.toUTCString()}</pubDate><content:encoded>${escape(entry(page))}</content:encoded></item>`).join("\n")}
</channel></rss>
`;

const atom = ({ slug, pages }) => `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The Wire</title><id>${address(`/${slug}`)}</id>
<updated>${pages[0].date.toISOString()}</updated>
${pages.map((page) => `<entry><title>${escape(page.data.title)}</title><id>${address(page.url)}</id>
<link href="${escape(page.data.link)}"/><updated>${page.date.toISOString()}</updated>
<author><name>${escape(page.data.author)}</name><uri>${escape(page.data.author_url)}</uri></author>
<content type="html">${escape(entry(page))}</content></entry>`).join("\n")}
</feed>
`;

const feed = ({ slug, pages }) => JSON.stringify({
  version: "https://jsonfeed.org/version/1.1",
  title: "The Wire",
  home_page_url: address(`/${slug}`),
  items: pages.map((page) => ({
    id: address(page.url),
    url: page.data.link,
    title: page.data.title,
    authors: [{ name: page.data.author, url: page.data.author_url }],
    date_published: page.date.toISOString(),
    content_html: entry(page),
  })),
});

const plain = (html) => html.replace(/<[^>]+>/g, "");

const text = ({ pages }) => pages.map((page) => `${page.data.title}
By ${page.data.author} (${page.data.author_url}) in The Paper (https://paper.example/)

${plain(page.content)}

${page.data.link}
`).join("\n\n");

const mail = ({ slug, pages }) => `<mjml><mj-head><mj-title>${slug}</mj-title></mj-head><mj-body width="600px">
<mj-section><mj-column><mj-text font-size="28px"><h1>${slug}</h1></mj-text></mj-column></mj-section>
${pages.map((page) => `<mj-section><mj-column><mj-text><h2><a href="${escape(page.data.link)}">${escape(page.data.title)}</a></h2>
${byline(page)}<p>${escape(plain(page.content).slice(0, 300))}</p></mj-text>
<mj-button href="${escape(page.data.link)}">Read ${escape(page.data.title)}</mj-button></mj-column></mj-section>`).join("\n")}
</mj-body></mjml>
`;

const list = ({ slug, pages }) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(slug)}</title></head><body>
<h1>${escape(slug)}</h1>${pages.map((page) => `<h2><a href="${page.url}">${escape(page.data.title)}</a></h2>${byline(page)}`).join("\n")}
</body></html>
`;

const groupBy = (pages, name) => {
  const found = new Map();
  for (const page of pages) found.set(name(page), [...(found.get(name(page)) ?? []), page]);
  return [...found].map(([slug, pages]) => ({ slug, pages }));
};

export default function (config) {
  const stories = (api) => api.getFilteredByGlob("no-*/story-*.md");
  const issues = (api) => groupBy(stories(api), (page) => page.inputPath.split("/").at(-2));
  config.addCollection("issues", issues);
  config.addCollection("lists", (api) => [{ slug: ".", pages: stories(api) }, ...issues(api)]);
  config.addCollection("writers", (api) => groupBy(stories(api), (page) => page.data.author));
  for (const [data, name, render] of [
    ["lists", "index.xml", rss],
    ["lists", "feed.atom", atom],
    ["lists", "feed.json", feed],
    ["issues", "issue.txt", text],
    ["issues", "mail.mjml", mail],
    ["writers", "index.html", list],
  ]) {
    const where = data === "writers" ? "authors/" : "";
    config.addTemplate(`${name}.11ty.js`, class {
      data() {
        return {
          pagination: { data: `collections.${data}`, size: 1, alias: "part" },
          permalink: ({ part }) => `${where}${part.slug}/${name}`,
          eleventyExcludeFromCollections: true,
        };
      }
      render({ part }) {
        return render(part);
      }
    });
  }
}
