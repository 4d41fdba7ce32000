// What the chat page needs beyond Gradio: markers that open their source, labels that say who
// speaks, and a view that follows the conversation without jumping.
"use strict";

function openSource(event) {
  const marker = event.target.closest("a.cw-marker");
  if (!marker) return;
  const source = document.getElementById(marker.hash.slice(1));
  if (!source) return;
  event.preventDefault();
  source.open = true;
  source.querySelector("summary").focus({ preventScroll: true });
  const fits = source.offsetHeight < window.innerHeight / 2;
  (fits ? source : source.querySelector("mark")).scrollIntoView({ block: "nearest" });
}

// Gradio labels each message with its whole source text, HTML included.
function nameSpeakers(chat) {
  for (const message of chat.querySelectorAll("[data-testid='bot'], [data-testid='user']")) {
    const name = message.dataset.testid === "bot" ? "Answer" : "Your question";
    if (message.getAttribute("aria-label") !== name) {
      message.setAttribute("role", "group");
      message.setAttribute("aria-label", name);
    }
  }
  for (const call of chat.querySelectorAll("a[href^='tel:'][target]")) {
    call.removeAttribute("target");
  }
}

// The newest question stays at the top of the view while its answer grows below it, so that the
// answer, or a card, is read from its beginning. A reader who scrolls is left alone.
function follow(chat) {
  let asked = 0;
  let followed = null;
  for (const gesture of ["wheel", "touchmove", "mousedown", "keydown"]) {
    document.addEventListener(gesture, () => { followed = null; }, { passive: true });
  }
  return () => {
    nameSpeakers(chat);
    const questions = chat.querySelectorAll(".user-row");
    if (questions.length > asked) followed = questions[questions.length - 1];
    asked = questions.length;
    if (followed) followed.scrollIntoView({ block: "start" });
  };
}

function start() {
  const chat = document.getElementById("cw-chat");
  if (!chat) {
    requestAnimationFrame(start);
    return;
  }
  document.addEventListener("click", openSource);
  const observer = new MutationObserver(follow(chat));
  observer.observe(chat, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-label"],
  });
  nameSpeakers(document.body);
}

start();
