// The samples of an experiment

const BECAME = { up: "rose", down: "fell", same: "unchanged", skipped: "skipped", unknown: "not comparable" };
const TURNED = { ...BECAME, up: "fixed", down: "broke" };

async function browse(section, button) {
  button.disabled = true;
  const key = section.dataset.samples;
  const index = JSON.parse(await unpacked(`${key}-index`));
  const words = index.metric === "accuracy" ? TURNED : BECAME;
  const texts = textsOf(key, index.block, index.prompts);
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

// Blocks are unpacked as they are asked for; few are kept, since texts are large
function blocksOf(name, size) {
  const blocks = new Map();
  function block(number) {
    if (!blocks.has(number)) {
      blocks.set(number, unpacked(`${name}-${number}`).then(JSON.parse));
      if (blocks.size > 8) blocks.delete(blocks.keys().next().value);
    }
    return blocks.get(number);
  }
  return async (place) => (await block(Math.floor(place / size)))[place % size];
}

function textsOf(key, size, promptsSize) {
  const packed = blocksOf(`${key}-texts`, size), prompts = blocksOf("prompts", promptsSize);
  const prompted = async (arm) => (arm.prompt === undefined ? arm : { ...arm, prompt: await prompts(arm.prompt) });
  const of = async (place) => Promise.all((await packed(place)).map(prompted));
  return {
    of,
    async holding(places, wanted, index) {
      const found = [];
      for (const place of [...places].sort((one, other) => one - other)) {
        const arms = await of(place);
        const said = [index.ids[place], index.groups[place], ...arms.flatMap((arm) => [arm.text, arm.prompt, arm.skipped])];
        if (said.some((text) => text && text.toLowerCase().includes(wanted))) found.push(place);
      }
      return found;
    },
  };
}
