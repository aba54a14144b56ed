const search = document.getElementById("search");
const items = [...document.querySelectorAll(".item")];
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of items) item.hidden = !words.every((word) => item.dataset.words.includes(word));
  for (const section of document.querySelectorAll("section")) {
    section.hidden = words.length > 0 && !section.querySelector(".item:not([hidden])");
  }
  document.getElementById("nothing").hidden = items.some((item) => !item.hidden);
}
function open() {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") target.open = true;
}
search.addEventListener("input", filter);
addEventListener("hashchange", open);
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
  if (event.key === "Escape") { search.value = ""; filter(); }
});
for (const item of items) {
  item.addEventListener("toggle", () => { if (item.open) history.replaceState(null, "", "#" + item.id); });
}
filter();
open();
