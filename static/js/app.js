/* The few things HTML cannot do alone. Every page also works without this file. */
"use strict";

(() => {
  document.documentElement.classList.add("js");

  const announce = (text) => {
    const region = document.getElementById("announcer");
    if (region && text) region.textContent = text;
  };

  /* On a small window the menu opens with a button. */
  const menu = () => {
    const button = document.querySelector(".menu-button");
    const sidebar = document.getElementById("menu");
    if (!button || !sidebar) return;
    const show = (open) => {
      button.setAttribute("aria-expanded", String(open));
      sidebar.classList.toggle("closed", !open);
    };
    show(false);
    button.addEventListener("click", () => show(button.getAttribute("aria-expanded") === "false"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        show(false);
        button.focus();
      }
    });
  };

  /* After a form came back with errors the reader starts at the list of errors. */
  const errors = () => {
    const summary = document.querySelector(".error-summary");
    if (summary) summary.focus();
  };

  /* Messages present when the page loads are not announced by a live region unless they change. */
  const messages = () => {
    const text = [...document.querySelectorAll(".messages .note")].map((note) => note.textContent.trim()).join("。");
    if (text) setTimeout(() => announce(text), 400);
  };

  /* Dropping a file on the area fills the ordinary file field. */
  const drop = () => {
    document.querySelectorAll(".drop-area").forEach((area) => {
      const input = area.querySelector('input[type="file"]');
      const chosen = area.querySelector(".chosen");
      const over = (on) => (event) => {
        event.preventDefault();
        area.classList.toggle("over", on);
      };
      const name = () => {
        const file = input.files[0];
        if (chosen) chosen.textContent = file ? `已选择：${file.name}（${size(file.size)}）` : "";
      };
      area.addEventListener("dragenter", over(true));
      area.addEventListener("dragover", over(true));
      area.addEventListener("dragleave", over(false));
      area.addEventListener("drop", (event) => {
        over(false)(event);
        if (event.dataTransfer.files.length) {
          input.files = event.dataTransfer.files;
          name();
        }
      });
      input.addEventListener("change", name);
    });
  };

  const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

  /* A form is sent once: a second press while the server works does nothing. */
  const once = () => {
    document.querySelectorAll("form[method=post]:not([hx-post])").forEach((form) => {
      form.addEventListener("submit", (event) => {
        if (form.dataset.sent) {
          event.preventDefault();
          return;
        }
        if (!form.dataset.download) form.dataset.sent = "yes";
        const wait = form.dataset.wait;
        const button = event.submitter;
        if (wait && button) {
          announce(wait);
          setTimeout(() => {
            const label = button.querySelector(".label");
            if (label) label.textContent = wait;
            button.setAttribute("aria-disabled", "true");
          });
        }
      });
    });
    window.addEventListener("pageshow", () => {
      document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    });
  };

  /* While a page polls, only a new stage is read aloud, not every second's number. */
  const stages = () => {
    let last = document.querySelector("[data-stage]")?.dataset.stage;
    document.body.addEventListener("htmx:afterSwap", () => {
      const now = document.querySelector("[data-stage]")?.dataset.stage;
      if (now && now !== last) announce(now);
      last = now;
    });
  };

  /* A polled page whose session has ended gets the login page for an answer: load the whole page instead. */
  const session = () => {
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      if (new URL(event.detail.xhr.responseURL, location.href).pathname.startsWith("/login/")) {
        event.detail.shouldSwap = false;
        location.reload();
      }
    });
  };

  /* While a form is on its way, a poll's answer must not load the page anew: that would stop the form. */
  const leaving = () => {
    document.body.addEventListener("htmx:beforeOnLoad", (event) => {
      if (document.querySelector("form[data-sent]")) event.preventDefault();
    });
  };

  /* Full names and numbers, once shown, go again by themselves: after a minute, with 隐藏, and when the page is left. */
  const secrets = () => {
    let clock;
    const masked = (key) => document.querySelectorAll(`[data-masked="${key}"]`);
    const hide = (said) => {
      clearInterval(clock);
      document.querySelectorAll("[data-masked].shown").forEach((value) => {
        value.textContent = value.dataset.mask;
        value.classList.remove("shown");
      });
      const answer = document.querySelector(".reveal-answer");
      const ask = document.querySelector(".reveal-ask");
      if (!answer || !ask) return;
      const hadFocus = answer.contains(document.activeElement);
      answer.replaceChildren();
      ask.hidden = false;
      if (hadFocus) ask.querySelector("summary").focus();
      announce(said);
    };
    const show = (note) => {
      note.querySelectorAll("[data-key]").forEach((full) => {
        masked(full.dataset.key).forEach((value) => {
          value.textContent = full.textContent;
          value.classList.add("shown");
        });
      });
      note.querySelector("ul").remove();
      const ask = document.querySelector(".reveal-ask");
      ask.open = false;
      ask.hidden = true;
      ask.querySelector("form").reset();
      const end = Date.now() + 1000 * Number(note.dataset.revealSeconds);
      clearInterval(clock);
      clock = setInterval(() => {
        const left = Math.ceil((end - Date.now()) / 1000);
        note.querySelector(".reveal-count").textContent = Math.max(left, 0);
        if (left <= 0) hide("完整姓名和号码已自动隐藏。");
      }, 250);
      const button = note.querySelector(".reveal-hide");
      button.addEventListener("click", () => hide("完整姓名和号码已隐藏。"));
      button.focus();
      announce(note.dataset.announce);
    };
    document.body.addEventListener("htmx:afterSwap", () => {
      const note = document.querySelector(".reveal-answer > [data-reveal-seconds]");
      if (note && note.querySelector("ul")) show(note);
      const invalid = document.querySelector("#reveal-form .is-invalid");
      if (invalid) invalid.focus();
    });
    window.addEventListener("pagehide", () => hide(""));
  };

  /* The print view opens the printer's dialogue; its button does so again. */
  const printing = () => {
    const button = document.querySelector("[data-print]");
    if (!button) return;
    button.addEventListener("click", () => window.print());
    window.addEventListener("load", () => window.print());
  };

  document.addEventListener("DOMContentLoaded", () => [menu, errors, messages, drop, once, stages, session, leaving, secrets, printing].forEach((part) => part()));
})();
