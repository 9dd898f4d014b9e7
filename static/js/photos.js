/* Sends photographs in pieces, one after the other, and goes on where it stopped. Without this file the form sends them
   whole. */
"use strict";

(() => {
  const PIECE = 256 * 1024;
  const TRIES = 8; // in a row without a byte arriving; then whoever sends decides
  const LONGEST_WAIT = 30000;

  const announce = (text) => {
    const region = document.getElementById("announcer");
    if (region) region.textContent = text;
  };
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);

  class Refused extends Error {} // by the server, with a sentence: trying again is of no use
  class Broken extends Error {} // the line, or a server that is starting anew

  /* Waits, but no longer than until the line is back. */
  const pause = (milliseconds) =>
    new Promise((resolve) => {
      const go = () => {
        clearTimeout(clock);
        window.removeEventListener("online", go);
        resolve();
      };
      const clock = setTimeout(go, milliseconds);
      window.addEventListener("online", go);
    });

  const ask = async (address, body, token) => {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } });
    } catch {
      throw new Broken();
    }
    if (answer.redirected) throw new Refused("登录已过期。请重新登录，再选同样的照片，会从断开的地方继续。");
    if (answer.status >= 500 || answer.status === 429) throw new Broken();
    let told;
    try {
      told = await answer.json();
    } catch {
      if (answer.ok) throw new Broken();
      throw new Refused("没有权限，或页面已经过期。请刷新页面后再传。");
    }
    if (told.refused) throw new Refused(told.refused);
    return told;
  };

  /* One photograph, from wherever the server says it stopped. */
  const send = async (file, fields, address, token, shown) => {
    let failures = 0;
    for (;;) {
      try {
        const about = new FormData();
        fields.forEach(([name, value]) => about.append(name, value));
        about.append("size", file.size);
        about.append("mark", `${file.name}|${file.lastModified}`.slice(-500));
        let state = await ask(address, about, token);
        const where = state.address;
        while (!state.is_kept) {
          shown(state.received, state.received < file.size ? "正在上传" : "正在处理");
          const piece = file.slice(state.received, state.received + PIECE);
          state = await ask(`${where}?start=${state.received}`, piece, token);
          failures = 0;
        }
        return;
      } catch (error) {
        if (!(error instanceof Broken) || ++failures >= TRIES) throw error;
        shown(null, "信号中断，稍后自动继续");
        await pause(Math.min(LONGEST_WAIT, 1000 * 2 ** (failures - 1)));
      }
    }
  };

  const line = (file) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    name.textContent = file.name;
    bar.max = Math.max(1, file.size);
    bar.value = 0;
    bar.setAttribute("aria-label", `${file.name} 的上传进度`);
    said.className = "said";
    said.textContent = "等待上传";
    row.append(name, bar, said);
    return {
      row,
      shown: (received, what) => {
        if (received !== null) bar.value = received;
        said.textContent = `${what}（${megabytes(bar.value)} / ${megabytes(file.size)} MB）`;
      },
      ended: (good, what) => {
        if (good) bar.value = bar.max;
        row.classList.add(good ? "good" : "bad");
        said.textContent = `${good ? "✓" : "✗"} ${what}`;
      },
    };
  };

  document.querySelectorAll("form[data-photos]").forEach((form) => {
    const input = form.querySelector('input[type="file"]');
    const button = form.querySelector('button[type="submit"]');
    const queue = form.querySelector(".photo-queue");
    const result = form.querySelector(".photo-result");
    let isSending = false;

    const leave = (event) => event.preventDefault();

    const sendAll = async (files) => {
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      const fields = [...new FormData(form)].filter(
        ([name, value]) => !(value instanceof File) && name !== "csrfmiddlewaretoken",
      );
      const lines = files.map(line);
      queue.replaceChildren(...lines.map((each) => each.row));
      queue.hidden = false;
      result.hidden = true;
      const left = [];
      let kept = 0;
      for (const [at, file] of files.entries()) {
        try {
          await send(file, fields, form.dataset.photos, token, lines[at].shown);
          lines[at].ended(true, "已保存");
          kept += 1;
          announce(`第 ${at + 1} 张已保存，共 ${files.length} 张。`);
        } catch (error) {
          const isRefused = error instanceof Refused;
          lines[at].ended(false, isRefused ? error.message : "信号一直没有恢复，没有传完");
          if (!isRefused) left.push(file);
          announce(`第 ${at + 1} 张没有保存：${isRefused ? error.message : "信号中断"}`);
        }
      }
      finish(files, kept, left);
    };

    const finish = (files, kept, left) => {
      const words = document.createElement("p");
      words.textContent = `共 ${files.length} 张，已保存 ${kept} 张${kept < files.length ? `，${files.length - kept} 张没有保存，原因见上` : ""}。`;
      const act = document.createElement("button");
      act.type = "button";
      act.className = "btn btn-primary";
      if (left.length) {
        act.textContent = `继续上传剩下的 ${left.length} 张`;
        act.addEventListener("click", () => begin(left));
      } else {
        act.textContent = "查看照片";
        act.addEventListener("click", () => location.assign(location.pathname));
      }
      result.replaceChildren(words, act);
      result.hidden = false;
      result.focus();
    };

    const begin = async (files) => {
      if (isSending) return;
      isSending = true;
      button.setAttribute("aria-disabled", "true");
      window.addEventListener("beforeunload", leave);
      try {
        await sendAll(files);
      } finally {
        isSending = false;
        button.removeAttribute("aria-disabled");
        window.removeEventListener("beforeunload", leave);
        delete form.dataset.sent;
      }
    };

    /* Before app.js, which lets a form be sent once. */
    form.addEventListener(
      "submit",
      (event) => {
        if (!input.files.length) return; // the server says what is missing
        event.preventDefault();
        event.stopImmediatePropagation();
        begin([...input.files]);
      },
      true,
    );
  });
})();
