/** The theme follows the system until somebody chooses; the choice is kept in this browser. */

const KEY = "vista-theme";
const NEXT = { system: "light", light: "dark", dark: "system" };
const BAR = { light: "#f6f8fa", dark: "#171b21" };

export function nextTheme(theme) {
  return NEXT[theme] ?? "light";
}

/** What was kept, or "system" where nothing or nonsense is. */
export function asTheme(text) {
  return Object.hasOwn(BAR, text ?? "") ? text : "system";
}

function keptTheme() {
  try {
    return asTheme(localStorage.getItem(KEY));
  } catch {
    return "system"; // the browser keeps nothing for us
  }
}

function keep(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // then it holds until the page is left
  }
}

/** The colour of the browser's own bar: `media` decides while the system does. */
export function barColour(theme, media) {
  return BAR[theme] ?? (media.includes("dark") ? BAR.dark : BAR.light);
}

function show(theme) {
  const root = document.documentElement;
  if (theme === "system") {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = theme;
  }
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.content = barColour(theme, meta.media);
  }
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    const text = `Theme: ${theme}. Switch to ${nextTheme(theme)}.`;
    button.title = text;
    button.querySelector("[data-theme-name]").textContent = text;
  }
}

function start() {
  let theme = keptTheme();
  show(theme);
  document.addEventListener("DOMContentLoaded", () => show(theme));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-switch]")) {
      theme = nextTheme(theme);
      keep(theme);
      show(theme);
    }
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) {
      theme = keptTheme();
      show(theme);
    }
  });
}

if (typeof document !== "undefined") {
  start();
}
