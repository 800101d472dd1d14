// Spanish.
export default {
  question: "¿Qué le ha parecido?",
  scores: ["Muy mal", "Mal", "Regular", "Bien", "Muy bien"],
  more: "¿Quiere añadir algo? (opcional)",
  skip: "Ahora no",
};
