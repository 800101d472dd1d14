// French.
export default {
  question: "Comment cela s’est-il passé ?",
  scores: ["Très mal", "Mal", "Moyen", "Bien", "Très bien"],
  more: "Souhaitez-vous ajouter quelque chose ? (facultatif)",
  skip: "Pas maintenant",
};
