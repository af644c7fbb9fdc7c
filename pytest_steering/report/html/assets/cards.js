// One sample: its prompt, and two answers beside each other

function card(index, place, arms, left, right, words, wanted) {
  const [before, after] = [left, right].map((arm) => index.numbers[index.arms[arm]][place]);
  const turn = index.became[index.arms[right]][place];
  const change = before === null || after === null ? null : after - before;
  const head = made("p", { class: "card-head" }, made("strong", {}, shown(index.ids[place])),
    index.groups[place] && made("span", { class: "muted" }, shown(index.groups[place])),
    index.expected[place] && made("span", { class: "muted" }, shown(index.expected[place])),
    made("span", { class: turn }, words[turn]),
    made("span", {}, `${shown(index.metric)} ${number(before)} → ${number(after)}${change === null ? "" : ` (${signed(change)})`}`));
  return made("li", { class: "card" }, head, ...promptNodes(index, [...new Set([left, right])].filter((arm) => arms[arm]).map((arm) => [arm, arms[arm]]), wanted),
    made("div", { class: "sides" }, side(index.arms[left], arms[left] ?? {}, "", wanted), side(index.arms[right], arms[right] ?? {}, left === right ? "" : arms[left]?.text ?? "", wanted)));
}

// One prompt where both arms were asked the same; else that of each, such as of an arm that is asked in words
function promptNodes(index, arms, wanted) {
  const asked = [...new Map(arms.filter(([, said]) => said.prompt !== undefined || said.sha).map(([arm, said]) => [said.prompt ?? said.sha, [arm, said]])).values()];
  return asked.map(([arm, said]) => {
    const of = asked.length > 1 ? `Prompt, ${shown(index.arms[arm])}` : "Prompt";
    if (said.prompt === undefined) return made("p", { class: "prompt" }, `${of}: its text was not kept and no data set at hand gives it; its hash is ${said.sha}….`);
    return made("div", { class: "prompt", tabindex: "0", role: "group", "aria-label": of }, made("span", { class: "of" }, of), ...ranged(said.prompt, sought(said.prompt, wanted)));
  });
}

const decides = (name) => (name === "verdict" || name === "choice" ? `the ${name}` : shown(name));

function side(name, said, beside, wanted) {
  const facts = [
    said.verdict && `reads as ${said.verdict}`, said.chosen && `chose ${shown(said.chosen)}`,
    said.correct === true ? "right" : said.correct === false ? "wrong" : "", said.rule && `rule: ${shown(said.rule)}`,
    said.margin !== undefined && `margin ${number(said.margin)}`,
    ...Object.entries(said.scores ?? {}).map(([score, value]) => `${shown(score)} ${number(value)}`),
    ...Object.entries(said.faults ?? {}).map(([score, why]) => `${shown(score)} failed: ${shown(why)}`),
    said.evidence && `marked: what decided ${Object.keys(said.evidence).map(decides).join(", ")}`,
    said.cut && "cut at the length limit", said.tied !== undefined && `near tie at token ${said.tied}`,
  ].filter(Boolean);
  const text = said.skipped ? made("p", { class: "answer muted" }, `Not run: ${shown(said.skipped)}`)
    : said.text ? made("p", { class: "answer" }, ...answer(said, beside, wanted))
    : made("p", { class: "answer muted" }, "No text was written; the answer was read from likelihoods.");
  return made("div", { class: "side" }, made("h5", {}, shown(name)), text, made("p", { class: "facts-line" }, facts.join(" · ")));
}

// What decided is marked, what was sought too, and from where an answer parts from the one beside it, it is underlined
function answer(said, beside, wanted) {
  const decided = Object.entries(said.evidence ?? {}).flatMap(([name, spans]) => spans.map(([from, to]) => ({ from, to, tag: "mark", class: "evidence", title: `decided ${decides(name)}` })));
  return ranged(said.text, [...sought(said.text, wanted), ...decided, ...moved(said.text, beside)]);
}

function moved(text, beside) {
  let from = 0;
  while (from < text.length && text[from] === beside[from]) from += 1;
  if (!beside || from === text.length) return [];
  if (/[\udc00-\udfff]/.test(text[from]) && from) from -= 1;
  return [{ from, to: text.length, tag: "span", class: "moved" }];
}

function sought(text, wanted) {
  const low = text.toLowerCase(), part = wanted.toLowerCase(), found = [];
  if (!part || low.length !== text.length) return found;
  for (let from = low.indexOf(part); from >= 0; from = low.indexOf(part, from + part.length)) {
    found.push({ from, to: from + part.length, tag: "mark", class: "sought" });
  }
  return found;
}

// A text cut where ranges begin and end, each piece within the elements of the ranges around it. Places are of the
// text as it was written: what cannot be seen becomes its code after the cut.
function ranged(text, ranges) {
  const cuts = [...new Set([0, text.length, ...ranges.flatMap(({ from, to }) => [from, to])])].sort((one, other) => one - other);
  return cuts.slice(0, -1).map((start, place) => {
    const around = ranges.filter(({ from, to }) => from <= start && start < to);
    return around.reduce((content, { tag, class: kind, title }) => made(tag, { class: kind, title: title ?? false }, content), shown(text.slice(start, cuts[place + 1])));
  });
}
