/* Signing on the screen: a finger, a pen or a mouse draws; what was drawn goes with the form. Without this file the
   place stays hidden, and the name is typed with a reason. */
"use strict";

(() => {
  const LEAST = 60; // of the canvas's own pixels: a thumb that only touches the place has not signed

  const prepare = (place) => {
    const canvas = place.querySelector("canvas");
    const field = place.querySelector("input");
    const pen = canvas.getContext("2d");
    let last = null;
    let drawnLength = 0;

    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
    };
    const clear = () => {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      field.value = "";
      drawnLength = 0;
    };
    const stop = () => {
      if (!last) return;
      last = null;
      if (field.value || drawnLength >= LEAST) field.value = canvas.toDataURL("image/png");
    };

    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.strokeStyle = "#111111";
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const next = at(event);
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...next);
      pen.stroke();
      drawnLength += Math.hypot(next[0] - last[0], next[1] - last[1]);
      last = next;
    });
    canvas.addEventListener("pointerup", stop);
    canvas.addEventListener("pointercancel", stop);
    place.querySelector("button").addEventListener("click", clear);

    /* A form that came back with errors keeps what was drawn. */
    const drawn = field.value;
    clear();
    if (drawn) {
      const image = new Image();
      image.addEventListener("load", () => pen.drawImage(image, 0, 0));
      image.src = drawn;
      field.value = drawn;
    }
    place.hidden = false;
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-signature]").forEach(prepare));
})();
