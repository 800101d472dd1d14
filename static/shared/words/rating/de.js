// German.
export default {
  question: "Wie war das für Sie?",
  scores: ["Sehr schlecht", "Schlecht", "In Ordnung", "Gut", "Sehr gut"],
  more: "Möchten Sie etwas ergänzen? (freiwillig)",
  skip: "Jetzt nicht",
};
