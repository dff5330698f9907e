/** Finding and making elements; a missing one is a fault that names its selector. */

export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) {
    throw new Error(`There is no ${selector} in the page.`);
  }
  return element;
}

export function findAll(selector, root = document) {
  return [...root.querySelectorAll(selector)];
}

/** A fresh copy of the first element inside `<template id=…>`. */
export function stamp(id) {
  return find(`template#${id}`).content.firstElementChild.cloneNode(true);
}

/** The value that `{{ value|json_script:id }}` put into the page. */
export function readJson(id) {
  return JSON.parse(find(`script#${id}`).textContent);
}
