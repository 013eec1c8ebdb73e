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

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-narrow]");
  if (!form) return;
  const department = form.querySelector("[data-department-select]");
  if (event.target.matches("[data-topic-select]") && department && !department.value) {
    const of = event.target.selectedOptions[0]?.dataset.department ?? "";
    if (of && !of.includes(" ")) department.value = of;
  }
  if (event.target.matches("[data-department-select], [data-topic-select]")) narrow(form);
});

const begin = (part) => part.querySelectorAll("form[data-narrow]").forEach(narrow);
document.addEventListener("part:added", (event) => begin(event.target));
begin(document);
