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
    byId("count").textContent = kept.length === rows.length ? `${rows.length} ${rows.length === 1 ? "experiment" : "experiments"}` : `${kept.length} of ${rows.length} experiments`;
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
  printing();
}

// On paper every experiment is open. What is packed can be unpacked only before somebody prints: in idle moments,
// unless there are so many that nobody would print them all

const MOST_UNPACKED = 80;

function printing() {
  const all = [...document.querySelectorAll("details.experiment")];
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all.filter((one) => !one.open);
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
  const idle = (call) => (self.requestIdleCallback ? requestIdleCallback(call) : setTimeout(call, 50));
  async function next(place) {
    if (place === all.length || all.length > MOST_UNPACKED) document.documentElement.dataset.printable = "";
    else {
      await unpackDetail(all[place].querySelector(".body"));
      idle(() => next(place + 1));
    }
  }
  idle(() => next(0));
}

function browsers(within) {
  for (const one of within.querySelectorAll(".samples .load")) {
    one.addEventListener("click", () => browse(one.closest(".samples"), one));
  }
}

theme();
details();
overview();
