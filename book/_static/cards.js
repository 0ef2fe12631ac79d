/* What a term means and what a citation is: on hover, on focus, and on the first tap. */
"use strict";
(() => {
  const card = document.createElement("div");
  card.id = card.className = "pr-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let about = null, leaving, touched = false;

  const hide = () => {
    about?.removeAttribute("aria-describedby");
    about = null;
    card.hidden = true;
  };
  const show = (link) => {
    clearTimeout(leaving);
    if (link === about) return;
    hide();
    about = link;
    card.textContent = link.dataset.prCard;
    card.hidden = false;
    link.setAttribute("aria-describedby", card.id);
    const place = link.getClientRects()[0], width = document.documentElement.clientWidth;
    const below = place.bottom + 6 + card.offsetHeight < window.innerHeight;
    const left = Math.max(8, Math.min(place.left, width - card.offsetWidth - 8));
    card.style.left = `${left + window.scrollX}px`;
    card.style.top = `${(below ? place.bottom + 6 : place.top - card.offsetHeight - 6) + window.scrollY}px`;
  };
  const later = () => { clearTimeout(leaving); leaving = setTimeout(hide, 200); };
  const of = (event) => event.target.closest?.("a[data-pr-card]");

  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; }, true);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (of(event)) show(of(event));
    else if (card.contains(event.target)) clearTimeout(leaving);
    else if (about && about !== document.activeElement) later();
  });
  document.addEventListener("focusin", (event) => {
    const link = of(event);
    if (link?.matches(":focus-visible")) show(link);
    else if (!touched) hide();
  });
  document.addEventListener("click", (event) => {
    const link = of(event);
    if (link && touched && link !== about) { event.preventDefault(); show(link); }
    else if (!card.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
