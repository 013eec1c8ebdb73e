// Forms with data-narrow: the department narrows topics and people, a topic brings its department.
// Options carry data-department="id id"; without this file all are offered and the server checks the pair.
function narrow(form) {
  const department = form.querySelector("[data-department-select]");
  if (!department) return;
  for (const select of form.querySelectorAll("[data-narrowed]")) {
    const all = (select.all ??= [...select.options]);
    const fits = all.filter((option) => !option.value || !department.value || (option.dataset.department ?? "").split(" ").includes(department.value));
    const chosen = select.value;
    select.replaceChildren(...fits);
    select.value = fits.some((option) => option.value === chosen) ? chosen : "";
  }
}

for (const form of document.querySelectorAll("form[data-narrow]")) {
  narrow(form);
  form.addEventListener("change", (event) => {
    const department = form.querySelector("[data-department-select]");
    if (event.target.matches("[data-topic-select]") && department && !department.value) {
      const of = event.target.selectedOptions[0]?.dataset.department ?? "";
      if (of && !of.includes(" ")) department.value = of;
    }
    if (event.target.matches("[data-department-select], [data-topic-select]")) narrow(form);
  });
}
