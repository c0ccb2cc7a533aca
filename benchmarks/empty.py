"""The least that Streamlit can do: one line of text and one choice. Run by Streamlit."""

import streamlit as st

st.write("Bonjour")
st.multiselect("Catégorie", ["Boulangerie", "Fromagerie", "Librairie", "Fleuriste"])
