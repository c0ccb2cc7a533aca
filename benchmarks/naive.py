"""The app that tutorials teach for the same site, written as fairly as its way allows. Run by Streamlit; rows in `CONSO_BENCH_ROWS` (Parquet).

The sheet is read with a cache of a minute, filtered in pandas at each run, drawn with pydeck from rows inline, and as 50 cards of elements.
A local file stands for the sheet, so that Google's answer costs it nothing.
"""

import os

import pandas as pd
import pydeck as pdk
import streamlit as st

CARDS = 50


@st.cache_data(ttl=60)
def load() -> pd.DataFrame:
    return pd.read_parquet(os.environ["CONSO_BENCH_ROWS"])


st.title("Les commerces d'ici")
fiches = load()
with st.sidebar:
    words = st.text_input("Recherche")
    categories = st.multiselect("Catégorie", sorted(fiches["categorie"].unique()))
    communes = st.multiselect("Commune", sorted(fiches["commune"].unique()))
    monnaie = st.checkbox("Accepte la monnaie locale")

found = fiches
if categories:
    found = found[found["categorie"].isin(categories)]
if communes:
    found = found[found["commune"].isin(communes)]
if monnaie:
    found = found[found["monnaie"]]
if words:
    in_name = found["nom"].str.contains(words, case=False, regex=False)
    found = found[in_name | found["produits"].str.contains(words, case=False, regex=False)]

st.write(f"{len(found)} fiches")
points = found.dropna(subset=["latitude", "longitude"])
st.pydeck_chart(
    pdk.Deck(
        initial_view_state=pdk.ViewState(latitude=47.47, longitude=-0.55, zoom=9),
        layers=[
            pdk.Layer(
                "ScatterplotLayer",
                points[["nom", "categorie", "latitude", "longitude"]],
                get_position="[longitude, latitude]",
                get_radius=200,
                get_fill_color=[46, 125, 50],
                pickable=True,
            )
        ],
        tooltip={"text": "{nom}"},
    )
)
for fiche in found.head(CARDS).to_dict("records"):
    with st.container(border=True):
        st.subheader(fiche["nom"])
        st.caption(f"{fiche['categorie']} · {fiche['commune']}")
        st.write(fiche["description"])
        if fiche["telephone"]:
            st.write(fiche["telephone"])
