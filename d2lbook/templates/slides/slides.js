"use strict";

/* Set words beside a picture that is higher than wide, not above it. */
function place(section) {
  const figure = section.querySelector(".figure");
  const image = figure && figure.querySelector("img");
  if (image) figure.classList.toggle("beside", image.naturalHeight > 0.9 * image.naturalWidth);
}

/* Shrink what is higher or wider than its slide. What the build guessed of heights is most often
   right; fonts of the reader's system may be larger than ours. */
function fit(section) {
  const body = section.querySelector(".body");
  place(section);
  const overflows = () =>
    body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
  body.style.removeProperty("--fit");
  for (let scale = 0.95; scale > 0.3 && overflows(); scale -= 0.05)
    body.style.setProperty("--fit", scale.toFixed(2));
}

const fitCurrent = () => fit(Reveal.getCurrentSlide());
const fitAll = () => Reveal.getSlides().forEach(fit);

for (const event of ["ready", "slidechanged"]) Reveal.on(event, fitCurrent);
Reveal.on("pdf-ready", fitAll);
addEventListener("load", () => document.fonts.ready.then(fitCurrent));

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  controlsTutorial: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  pdfSeparateFragments: false,
  pdfMaxPagesPerSlide: 1,
});
