"use strict";
// Everything from records enters the page as text: nothing here makes markup of it.

const byId = (id) => document.getElementById(id);

function made(tag, attributes = {}, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...content.filter((one) => one !== null && one !== undefined && one !== ""));
  return node;
}

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const code = (char) => `⟨U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
const shown = (text) => String(text).replaceAll("\r\n", "\n").replace(UNSEEN, code);

const number = (value) => (value === null || value === undefined ? "–" : Number(value).toFixed(2).replace("-", "−"));
const signed = (value) => (value === null ? "–" : (value >= 0 ? "+" : "") + number(value));

async function unpacked(id) {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// Light and dark

const THEME = "pytest-steering-theme";
function theme() {
  const root = document.documentElement;
  try {
    const kept = localStorage.getItem(THEME);
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  } catch { /* a page from disk may not keep anything */ }
  byId("theme").addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    try { localStorage.setItem(THEME, root.dataset.theme); } catch { /* as above */ }
  });
}

// Pages of a list

function pages(nav, size, draw) {
  let at = 0, total = 0;
  const before = made("button", { type: "button" }, "Previous");
  const after = made("button", { type: "button" }, "Next");
  const where = made("output", { "aria-live": "polite" });
  const last = () => Math.max(0, Math.ceil(total / size) - 1);
  function go(to) {
    at = Math.min(Math.max(0, to), last());
    before.disabled = at === 0;
    after.disabled = at === last();
    nav.hidden = last() === 0;
    where.textContent = `${total ? at * size + 1 : 0}–${Math.min(total, (at + 1) * size)} of ${total.toLocaleString("en")}`;
    return draw(at * size, (at + 1) * size);
  }
  before.addEventListener("click", () => go(at - 1));
  after.addEventListener("click", () => go(at + 1));
  nav.replaceChildren(before, where, after);
  return { of(many, to = 0) { total = many; return go(to); }, holding: (place) => go(Math.floor(place / size)) };
}

// The table of experiments

function overview() {
  const table = byId("experiments");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({
    row, detail: byId(row.dataset.key), kind: row.dataset.kind, model: row.dataset.model, text: row.textContent.toLowerCase(),
  }));
  let kept = rows;
  const list = pages(byId("pager"), 50, (from, to) => {
    kept.forEach(({ row, detail }, place) => { row.hidden = detail.hidden = place < from || place >= to; });
  });
  const value = (id) => byId(id)?.value ?? "";
  function filter() {
    const words = value("find").toLowerCase().split(/\s+/).filter(Boolean);
    kept = rows.filter((one) => (!value("verdict") || one.kind === value("verdict"))
      && (!value("model") || one.model === value("model")) && words.every((word) => one.text.includes(word)));
    for (const one of rows) one.row.hidden = one.detail.hidden = true;
    byId("count").textContent = kept.length === rows.length ? `${rows.length} experiments` : `${kept.length} of ${rows.length} experiments`;
    list.of(kept.length);
  }
  const form = byId("filters");
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  sortable(table, rows, (sorted) => {
    const details = rows[0].detail.parentNode;
    body.append(...sorted.map((one) => one.row));
    details.append(...sorted.map((one) => one.detail));
    filter();
  });
  filter();
  const open = () => opened(location.hash.slice(1), kept, list, () => { form.reset(); filter(); return kept; });
  addEventListener("hashchange", open);
  open();
}

function opened(key, kept, list, reset) {
  const detail = /^experiment-\d+$/.test(key) && byId(key);
  if (!detail) return;
  let place = kept.findIndex((one) => one.detail === detail);
  if (place < 0) place = reset().findIndex((one) => one.detail === detail);
  list.holding(place);
  detail.open = true;
  detail.scrollIntoView();
  detail.querySelector("summary").focus({ preventScroll: true });
}

function sortable(table, rows, done) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = made("button", { type: "button" }, ...head.childNodes);
    head.replaceChildren(button);
    const numeric = head.dataset.sort === "number";
    const of = (one) => one.row.cells[column].dataset.value;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === (numeric ? "descending" : "ascending") ? !numeric : numeric;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((one, other) => ordered(of(one), of(other), numeric, down));
      done(rows);
    });
  });
}

function ordered(one, other, numeric, down) {
  if (one === "" || other === "") return (one === "") - (other === "");   // what has no number stands last
  const sign = numeric ? Number(one) - Number(other) : one.localeCompare(other, "en", { numeric: true });
  return down ? -sign : sign;
}

// An experiment that was packed: its part of the page was escaped when the report was written, and no script of it runs

async function unpackDetail(body) {
  const id = body.dataset.packed;
  if (!id) return;
  delete body.dataset.packed;
  const parsed = new DOMParser().parseFromString(await unpacked(id), "text/html");
  body.replaceChildren(...parsed.body.childNodes);
  browsers(body);
}

function details() {
  for (const one of document.querySelectorAll("details.experiment")) {
    one.addEventListener("toggle", () => one.open && unpackDetail(one.querySelector(".body")));
  }
  browsers(document);
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details.experiment:not([hidden])")) if (!one.querySelector("[data-packed]")) one.open = true;
  });
}

function browsers(within) {
  for (const one of within.querySelectorAll(".samples .load")) {
    one.addEventListener("click", () => browse(one.closest(".samples"), one));
  }
}

// The samples of an experiment

const BECAME = { up: "rose", down: "fell", same: "unchanged", skipped: "skipped", unknown: "not comparable" };
const TURNED = { ...BECAME, up: "fixed", down: "broke" };

async function browse(section, button) {
  button.disabled = true;
  const key = section.dataset.samples;
  const index = JSON.parse(await unpacked(`${key}-index`));
  const words = index.metric === "accuracy" ? TURNED : BECAME;
  const texts = textsOf(key, index.block);
  const select = (label, options, chosen) => {
    const found = made("select", {}, ...options.map(([value, text]) => new Option(text, value, false, value === chosen)));
    return [made("label", {}, label, found), found];
  };
  const arms = index.arms.map((name, place) => [String(place), shown(name)]);
  const first = String(Math.max(0, index.arms.indexOf(section.dataset.before)));
  const second = String(arms.length > 1 ? Math.max(index.arms.findIndex((name) => name === "steered" || name === "now"), first === "0" ? 1 : 0) : 0);
  const [leftLabel, left] = select("Left", arms, first);
  const [rightLabel, right] = select("Right", arms, second);
  const [becameLabel, became] = select("What became of it", [["", "anything"], ...Object.entries(words)], "");
  const groups = [...new Set(index.groups)].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const [groupLabel, group] = select("Group", [["*", "all"], ...groups.map((name, place) => [String(place), shown(name) || "(none)"])], "*");
  const [sortLabel, sort] = select("Sort", [["data", "as in the data"], ["fell", "fell furthest first"], ["rose", "rose furthest first"], ["id", "by id"]], "data");
  const search = made("input", { type: "search", placeholder: "in ids and texts", autocomplete: "off" });
  const many = made("output", { "aria-live": "polite" });
  const cards = made("ol", { class: "cards" });
  const nav = made("nav", { class: "pager", "aria-label": "Pages of samples" });
  let kept = [];
  let drawing = 0;
  const list = pages(nav, 10, async (from, to) => {
    const own = ++drawing;
    const shownNow = await Promise.all(kept.slice(from, to).map(async (place) => card(index, place, await texts.of(place), Number(left.value), Number(right.value), words, search.value.trim())));
    if (own === drawing) cards.replaceChildren(...shownNow);
  });
  let asked = 0;
  async function filter() {
    const own = ++asked;
    const name = index.arms[right.value], before = index.numbers[index.arms[left.value]], after = index.numbers[name];
    const moved = (place) => (before[place] === null || after[place] === null ? null : after[place] - before[place]);
    let found = index.ids.map((_, place) => place).filter((place) => (!became.value || index.became[name][place] === became.value)
      && (group.value === "*" || index.groups[place] === groups[group.value]));
    const wanted = search.value.trim().toLowerCase();
    if (wanted) {
      many.textContent = "searching …";
      const hits = await texts.holding(found, wanted, index);
      if (own !== asked) return;
      found = hits;
    }
    const least = (place, sign) => (moved(place) === null ? Infinity : sign * moved(place));
    if (sort.value === "fell") found.sort((one, other) => least(one, 1) - least(other, 1) || one - other);
    if (sort.value === "rose") found.sort((one, other) => least(one, -1) - least(other, -1) || one - other);
    if (sort.value === "id") found.sort((one, other) => index.ids[one].localeCompare(index.ids[other], "en", { numeric: true }));
    kept = found;
    many.textContent = `${kept.length.toLocaleString("en")} of ${index.ids.length.toLocaleString("en")} samples`;
    await list.of(kept.length);
  }
  const controls = made("form", { class: "controls", role: "search", "aria-label": "Filter samples" }, leftLabel, rightLabel, becameLabel,
    groups.length > 1 ? groupLabel : null, sortLabel, made("label", {}, "Find", search), many);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("change", filter);
  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 200); });
  button.replaceWith(controls, cards, nav);
  left.focus();
  await filter();
}

function textsOf(key, size) {
  const blocks = new Map();   // unpacked as they are asked for; few are kept, since texts are large
  async function block(number) {
    if (!blocks.has(number)) {
      blocks.set(number, unpacked(`${key}-texts-${number}`).then(JSON.parse));
      if (blocks.size > 8) blocks.delete(blocks.keys().next().value);
    }
    return blocks.get(number);
  }
  return {
    of: async (place) => (await block(Math.floor(place / size)))[place % size],
    async holding(places, wanted, index) {
      const found = [];
      for (const place of [...places].sort((one, other) => one - other)) {
        const arms = (await block(Math.floor(place / size)))[place % size];
        const said = [index.ids[place], index.groups[place], ...arms.flatMap((arm) => [arm.text, arm.prompt, arm.skipped])];
        if (said.some((text) => text && text.toLowerCase().includes(wanted))) found.push(place);
      }
      return found;
    },
  };
}

function card(index, place, arms, left, right, words, wanted) {
  const [before, after] = [left, right].map((arm) => index.numbers[index.arms[arm]][place]);
  const turn = index.became[index.arms[right]][place];
  const change = before === null || after === null ? null : after - before;
  const prompt = arms[left]?.prompt ?? arms[right]?.prompt;
  const hash = arms[left]?.sha ?? arms[right]?.sha;
  const head = made("p", { class: "card-head" }, made("strong", {}, shown(index.ids[place])),
    index.groups[place] && made("span", { class: "muted" }, shown(index.groups[place])),
    index.expected[place] && made("span", { class: "muted" }, `expected ${shown(index.expected[place])}`),
    made("span", { class: turn }, words[turn]),
    made("span", {}, `${shown(index.metric)} ${number(before)} → ${number(after)}${change === null ? "" : ` (${signed(change)})`}`));
  return made("li", { class: "card" }, head, promptNode(prompt, hash, wanted),
    made("div", { class: "sides" }, side(index.arms[left], arms[left] ?? {}, "", wanted), side(index.arms[right], arms[right] ?? {}, left === right ? "" : arms[left]?.text ?? "", wanted)));
}

function promptNode(prompt, hash, wanted) {
  if (prompt !== undefined) return made("p", { class: "prompt", tabindex: "0", role: "group", "aria-label": "Prompt" }, ...highlighted(shown(prompt), wanted));
  return hash ? made("p", { class: "prompt" }, `The records hold this prompt’s hash, ${hash}…, and its data set is not at hand.`) : null;
}

function side(name, said, beside, wanted) {
  const facts = [
    said.verdict && `reads as ${said.verdict}`, said.chosen && `chose ${shown(said.chosen)}`,
    said.correct === true ? "right" : said.correct === false ? "wrong" : "", said.rule && `rule: ${shown(said.rule)}`,
    said.margin !== undefined && `margin ${number(said.margin)}`,
    ...Object.entries(said.scores ?? {}).map(([score, value]) => `${shown(score)} ${number(value)}`),
    ...Object.entries(said.faults ?? {}).map(([score, why]) => `${shown(score)} failed: ${shown(why)}`),
    said.cut && "cut at the length limit", said.tied !== undefined && `near tie at token ${said.tied}`,
  ].filter(Boolean);
  const text = said.skipped ? made("p", { class: "answer muted" }, `Not run: ${shown(said.skipped)}`)
    : said.text ? made("p", { class: "answer" }, ...answer(shown(said.text), shown(beside), wanted))
    : made("p", { class: "answer muted" }, "No text was written; the answer was read from likelihoods.");
  return made("div", { class: "side" }, made("h5", {}, shown(name)), text, made("p", { class: "facts-line" }, facts.join(" · ")));
}

// From where an answer parts from the one beside it, it is underlined
function answer(text, beside, wanted) {
  let same = 0;
  while (same < text.length && text[same] === beside[same]) same += 1;
  if (!beside || same === text.length) return highlighted(text, wanted);
  if (/[\udc00-\udfff]/.test(text[same])) same -= 1;
  return [...highlighted(text.slice(0, same), wanted), made("span", { class: "moved" }, ...highlighted(text.slice(same), wanted))];
}

function highlighted(text, wanted) {
  if (!wanted) return [text];
  const found = [];
  const low = text.toLowerCase(), part = wanted.toLowerCase();
  let at = 0;
  for (let next = low.indexOf(part); next >= 0 && low.length === text.length; next = low.indexOf(part, at)) {
    found.push(text.slice(at, next), made("mark", {}, text.slice(next, next + part.length)));
    at = next + part.length;
  }
  return [...found, text.slice(at)];
}

theme();
details();
overview();
