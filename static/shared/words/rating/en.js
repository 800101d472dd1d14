// English.
export default {
  question: "How did we do?",
  scores: ["Very poor", "Poor", "Okay", "Good", "Very good"],
  more: "Anything to add? (optional)",
  skip: "Not now",
};
