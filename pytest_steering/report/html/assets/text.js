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
