/** The badge of a status, as templates/components/_status_badge.html writes it. */

import { find } from "../../dom.js";

export function fillBadge(badge, status) {
  const icon = find("use", badge);
  icon.setAttribute("href", icon.getAttribute("href").replace(/#.*$/, `#${status}`));
  badge.className = `badge badge--${status}`;
  badge.replaceChildren(icon.closest("svg"), status);
}
